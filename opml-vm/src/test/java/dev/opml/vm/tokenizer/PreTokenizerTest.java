package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The hand-written splitters against regular expressions, on random strings of characters that are
 * hard to split. The expressions are llama.cpp's. Where they are not those that a model's authors
 * published: there, cased letters of all alphabets start words in {@code tekken} and {@code
 * gpt-4o}, and marks are letters; and U+017F is an s of a contraction, since it is one in upper
 * case.
 */
class PreTokenizerTest {
  private static final String GPT_2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String ENDINGS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String LLAMA_3 =
      ENDINGS
          + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
          + SPACES;
  private static final String LARGE = "[\\p{L}&&[^a-z]]";
  private static final String SMALL = "[\\p{L}&&[^A-Z]]";
  private static final String ASIAN = "[\\u4E00-\\u9FA5\\u0800-\\u4E00\\uAC00-\\uD7FF&&\\S]+";
  private static final String LINE_END = "[\\r\\n]";

  /** The letters of alphabets with capitals that deepseek-llm knows. */
  private static final String CASED =
      "A-Za-z\\u00b5\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01ba\\u01bc-\\u01bf\\u01c4-\\u0293"
          + "\\u0295-\\u02af\\u0370-\\u0373\\u0376\\u0377\\u037b-\\u037d\\u037f\\u0386\\u0388-\\u038a"
          + "\\u038c\\u038e-\\u03a1\\u03a3-\\u03f5\\u03f7-\\u0481\\u048a-\\u052f\\u0531-\\u0556"
          + "\\u10a0-\\u10c5\\u13a0-\\u13f5\\u13f8-\\u13fd\\u1c90-\\u1cba\\u1cbd-\\u1cbf\\u1d00-\\u1d2b"
          + "\\u1d6b-\\u1d77\\u1d79-\\u1d9a\\u1e00-\\u1f15\\u1f18-\\u1f1d\\u1f20-\\u1f45\\u1f48-\\u1f4d"
          + "\\u1f50-\\u1f57\\u1f59\\u1f5b\\u1f5d\\u1f5f-\\u1f7d\\u1f80-\\u1fb4\\u1fb6-\\u1fbc\\u1fbe"
          + "\\u1fc2-\\u1fc4\\u1fc6-\\u1fcc\\u1fd0-\\u1fd3\\u1fd6-\\u1fdb\\u1fe0-\\u1fec\\u1ff2-\\u1ff4"
          + "\\u1ff6-\\u1ffc\\u2102\\u2107\\u210a-\\u2113\\u2115\\u2119-\\u211d\\u2124\\u2126\\u2128"
          + "\\u212a-\\u212d\\u212f-\\u2134\\u2139\\u213c-\\u213f\\u2145-\\u2149\\u214e\\u2183\\u2184"
          + "\\u2c00-\\u2c7b\\u2c7e-\\u2ce4\\u2ceb-\\u2cee\\u2cf2\\u2cf3\\ua640-\\ua66d\\ua680-\\ua69b"
          + "\\ua722-\\ua76f\\ua771-\\ua787\\ua78b-\\ua78e\\uab70-\\uabbf\\ufb00-\\ufb06\\ufb13-\\ufb17"
          + "\\uff21-\\uff3a\\uff41-\\uff5a\\ud801\\udc00-\\ud801\\udc4f\\ud801\\udcb0-\\ud801\\udcd3"
          + "\\ud801\\udcd8-\\ud801\\udcfb\\ud803\\udc80-\\ud803\\udcb2\\ud803\\udcc0-\\ud803\\udcf2"
          + "\\ud806\\udca0-\\ud806\\udcdf\\ud83a\\udd00-\\ud83a\\udd43";

  private static final Map<String, List<String>> EXPRESSIONS = new TreeMap<>();

  static {
    EXPRESSIONS.put("gpt-2", List.of(GPT_2));
    EXPRESSIONS.put("starcoder", List.of("\\p{N}", GPT_2));
    EXPRESSIONS.put("falcon", List.of("[\\p{P}$+<=>^~|`]+", GPT_2, "[0-9][0-9][0-9]"));
    EXPRESSIONS.put("default", List.of("[\\p{P}$+<=>^~|]+", GPT_2, "\\p{N}+", "[0-9][0-9][0-9]"));
    EXPRESSIONS.put("llama-bpe", List.of(LLAMA_3));
    EXPRESSIONS.put("dbrx", List.of(LLAMA_3));
    EXPRESSIONS.put("qwen2", List.of(LLAMA_3.replace("{1,3}", "")));
    EXPRESSIONS.put(
        "qwen35",
        List.of(
            LLAMA_3
                .replace("{1,3}", "")
                .replace("\\p{L}+", "[\\p{L}\\p{M}]+")
                .replace("[^\\s\\p{L}\\p{N}]", "[^\\s\\p{L}\\p{M}\\p{N}]")));
    EXPRESSIONS.put(
        "seed-coder",
        List.of(LLAMA_3.replace("{1,3}", "").replace("\\p{N}]+[\\r\\n]*", "\\p{N}\\r\\n]+")));
    EXPRESSIONS.put("tekken", List.of(cased("") + "\\p{N}|" + symbolsAndSpaces()));
    EXPRESSIONS.put("gpt-4o", List.of(cased(ENDINGS + "?") + "\\p{N}{1,3}|" + symbolsAndSpaces()));
    EXPRESSIONS.put(
        "deepseek-llm",
        List.of(
            LINE_END,
            "\\s?[" + CASED + "]+",
            "\\s?[!-/:-~\\uFF01-\\uFF0F\\uFF1A-\\uFF5E\\u2018-\\u201F\\u3000-\\u3002&&\\S]+",
            "\\s+\\z",
            ASIAN,
            "\\p{N}+"));
    EXPRESSIONS.put(
        "deepseek-coder", List.of(LINE_END, "\\s?\\p{L}+", "\\s?\\p{P}+", ASIAN, "\\p{N}"));
    EXPRESSIONS.put(
        "deepseek-v3",
        List.of(
            "\\p{N}{1,3}",
            "[\\u4E00-\\u9FA5\\u3040-\\u309F\\u30A0-\\u30FF]+",
            "[!-/:-@\\[-`{-~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|"
                + SPACES));
  }

  private static final String[] PARTS = {
    " ",
    "  ",
    "   ",
    "\n",
    "\r\n",
    "\n\n",
    " \n ",
    "\t",
    "\u00a0",
    "\u3000",
    "\u2003",
    "\u0085",
    "\u200b",
    "'",
    "'s",
    "'S",
    "'ll",
    "'RE",
    "'vE",
    " 'd",
    "'\u017f",
    "’s",
    "/",
    "/\n",
    "!",
    "...",
    "$+",
    "<=>",
    "^~",
    "|",
    "`",
    "_",
    "-",
    "@#",
    "(",
    "[]",
    "{",
    "\\",
    "\"",
    ",",
    "1",
    "12",
    "123",
    "1234",
    "\u0663",
    "²",
    "\u2164",
    "½",
    "\u0300",
    "\u0301\u0302",
    "\u0903",
    "\u20dd",
    "é",
    "e\u0301",
    "ß",
    "İ",
    "\u212a",
    "\u01c5",
    "\u02b0",
    "中文",
    "あ",
    "カ",
    "가",
    "\ud7fb",
    "\u9fa5",
    "\u9fa6",
    "\u3400",
    "\ud840\udc00",
    "🦙",
    "\u200d",
    "\u0627\u0644",
    "\u05d0",
    "\u0915\u094d",
    "\u3001",
    "\uff01",
    "\uff21",
    "\uff11",
    "‘",
    "“",
    "µ",
    "Α",
    "Ж",
    "\u10a0",
    "\u1680",
    "\u180e",
    "\u2028",
    "\u2029",
    "\u202f",
    "\u205f",
    "\ufeff",
    "\0",
    "\u0001",
    "\u001c",
    "\u001f",
    "\u007f",
    "\u00ad",
    "\ue000",
    "\u0378",
    "\ud801\udc00",
    "\ufb01",
    "\u0345",
    "\u1fbc",
    "the",
    " time",
    "Hello",
    " World",
    "camelCase",
    "HTTPServer",
    "ÀÉa",
    "aÀÉ",
    "ÀA",
    "I'm",
    "don't",
    " WE'LL",
    "a",
    "B",
    "x1",
    "\ufffd"
  };

  static List<String> families() {
    return List.copyOf(EXPRESSIONS.keySet());
  }

  @ParameterizedTest
  @MethodSource("families")
  void split_randomText_agreesWithTheRegularExpressions(String family) {
    PreTokenizer preTokenizer = PreTokenizer.named(family).orElseThrow();
    List<Pattern> patterns =
        EXPRESSIONS.get(family).stream()
            .map(e -> Pattern.compile(e, Pattern.UNICODE_CHARACTER_CLASS))
            .toList();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      String text = randomText(random);
      List<String> expected = List.of(text);
      for (Pattern pattern : patterns) {
        expected = expected.stream().flatMap(part -> split(pattern, part).stream()).toList();
      }
      assertEquals(
          expected, split(preTokenizer, text), "seed " + seed + ", round " + round + ": " + text);
    }
  }

  @Test
  void allNames_eachWayToSplit_isTestedHereAndNamedOnce() {
    Set<PreTokenizer> tested = new HashSet<>();
    families().forEach(family -> tested.add(PreTokenizer.named(family).orElseThrow()));
    Set<String> names = new HashSet<>();
    for (String name : PreTokenizer.allNames()) {
      assertTrue(tested.contains(PreTokenizer.named(name).orElseThrow()), name);
      assertTrue(names.add(name), name);
    }
    assertTrue(PreTokenizer.named("granite").isEmpty());
  }

  @Test
  void kind_ofCharactersSinceUnicode16_isNone() {
    assertEquals(CharacterKind.LETTER, CharacterKind.of(0x1c88));
    assertEquals(CharacterKind.OTHER, CharacterKind.of(0x1c89));
    assertEquals(CharacterKind.OTHER, CharacterKind.of(0x1c8a));
    assertEquals(CharacterKind.OTHER, CharacterKind.of(0x10d50));
    assertEquals(CharacterKind.LETTER, CharacterKind.of(0x2ebf0)); // of 15.1
    assertEquals(CharacterKind.SYMBOL, CharacterKind.of(0x2ffc)); // of 15.1
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      if (random.nextInt(5) > 0) {
        String part = PARTS[random.nextInt(PARTS.length)];
        text.append(part.repeat(random.nextInt(8) == 0 ? 1 + random.nextInt(4) : 1));
      } else {
        int c = random.nextInt(random.nextBoolean() ? 0x3100 : 0x20000);
        boolean known = c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE;
        // The regular expressions are of Java's Unicode.
        known &= CharacterKind.of(c) != CharacterKind.OTHER || !Character.isDefined(c) || c < 0x300;
        text.appendCodePoint(known ? c : '.');
      }
    }
    return text.toString();
  }

  private static List<String> split(Pattern pattern, String text) {
    List<String> parts = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int from = 0;
    while (matcher.find()) {
      if (from < matcher.start()) {
        parts.add(text.substring(from, matcher.start()));
      }
      parts.add(matcher.group());
      from = matcher.end();
    }
    if (from < text.length()) {
      parts.add(text.substring(from));
    }
    return parts;
  }

  private static List<String> split(PreTokenizer preTokenizer, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] characters = text.codePoints().toArray();
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int end : preTokenizer.split(Characters.of(utf8, 0, utf8.length))) {
      parts.add(new String(characters, from, end - from));
      from = end;
    }
    return parts;
  }

  private static String cased(String ending) {
    String start = "[^\\r\\n\\p{L}\\p{N}]?" + LARGE;
    return "%s*%s+%s|%s+%s*%s|".formatted(start, SMALL, ending, start, SMALL, ending);
  }

  private static String symbolsAndSpaces() {
    return " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
  }
}
