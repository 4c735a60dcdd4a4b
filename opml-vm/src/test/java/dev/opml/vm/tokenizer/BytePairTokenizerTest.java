package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.MissingMetadataException;
import dev.opml.vm.gguf.WrongMetadataTypeException;
import dev.opml.vm.testing.GgufWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTokenizerTest {
  @TempDir Path directory;

  @Test
  void encode_lowerRank_isMergedFirst() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-2").merge("b", "c").merge("a", "b").tokenizer(directory);
    assertEquals(TokenIds.of('a', 256), tokenizer.encode("abc"));
    assertEquals(TokenIds.of(257, 'a', ' '), tokenizer.encode("aba "));
  }

  @Test
  void encode_anyBytes_decodeAgain() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").merge("é", "!").tokenizer(directory);
    String text = "a é!\0 \u00ad\u007f🦙\n";
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    assertArrayEquals("é!".getBytes(StandardCharsets.UTF_8), tokenizer.pieceBytes(256));
    assertEquals(tokenizer.encode("a\ufffdb"), tokenizer.encode("a\ud800b"));
  }

  @Test
  void encode_sameMergeTwice_countsTheFirst() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-2")
            .merge("a", "b")
            .merge("b", "c")
            .mergeOnly("a", "b")
            .tokenizer(directory);
    assertEquals(TokenIds.of(256, 'c'), tokenizer.encode("abc"));
  }

  /** A step of a merge need not be a token; what is none in the end is spelled in bytes. */
  @Test
  void encode_mergeThatIsNoToken_isAStepOrSpelled() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-2").mergeOnly("a", "b").merge("ab", "c").tokenizer(directory);
    assertEquals(TokenIds.of(256), tokenizer.encode("abc"));
    assertEquals(TokenIds.of('a', 'b'), tokenizer.encode("ab"));
  }

  @Test
  void encode_wholeWordThatNoMergeMakes_isATokenForLlama3Only() {
    assertEquals(TokenIds.of(256), wholeWord("llama-bpe").encode("ab"));
    assertEquals(TokenIds.of(256), wholeWord("tekken").encode("ab"));
    assertEquals(TokenIds.of('a', 'b'), wholeWord("qwen2").encode("ab"));
  }

  private Tokenizer wholeWord(String pre) {
    return new TestBytePairs(pre).word("ab").tokenizer(directory);
  }

  @Test
  void encode_mergesInsideAndAcrossWords_stayInside() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-2").merge("a", " ").merge(" ", "b").tokenizer(directory);
    assertEquals(TokenIds.of('a', 257), tokenizer.encode("a b"));
  }

  @Test
  void encode_noPre_isDefault() {
    Tokenizer tokenizer = new TestBytePairs().merge("3", "4").tokenizer(directory);
    assertEquals(TokenIds.of('1', '2', '3', '4'), tokenizer.encode("1234"));
    Tokenizer gpt2 = new TestBytePairs("gpt-2").merge("3", "4").tokenizer(directory);
    assertEquals(TokenIds.of('1', '2', 256), gpt2.encode("1234"));
  }

  @Test
  void encodePrompt_begin_isAddedByLlama3OrIfTheFileSays() {
    assertEquals(TokenIds.of(256, 'a'), begin("llama-bpe").tokenizer(directory).encodePrompt("a"));
    assertEquals(TokenIds.of('a'), begin("gpt-2").tokenizer(directory).encodePrompt("a"));
    TestBytePairs told = begin("gpt-2");
    told.writer.bool("tokenizer.ggml.add_bos_token", true);
    told.writer.bool("tokenizer.ggml.add_eos_token", true).uint32(key("eos"), 257);
    assertEquals(TokenIds.of(256, 'a', 257), told.tokenizer(directory).encodePrompt("a"));
    TestBytePairs untold = begin("llama-bpe");
    untold.writer.bool("tokenizer.ggml.add_bos_token", false);
    assertEquals(TokenIds.of('a'), untold.tokenizer(directory).encodePrompt("a"));
  }

  private static TestBytePairs begin(String pre) {
    TestBytePairs vocabulary = new TestBytePairs(pre).control("<s>").control("</s>");
    vocabulary.writer.uint32(key("bos"), 256);
    return vocabulary;
  }

  private static String key(String role) {
    return "tokenizer.ggml." + role + "_token_id";
  }

  @Test
  void decode_tokenOutsideTheAlphabet_isItsText() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").token("a b▁", 1).tokenizer(directory);
    assertEquals("a b▁", tokenizer.decode(TokenIds.of(256)));
    assertEquals(4, tokenizer.encode("a b▁").slice(0, 4).size());
  }

  @Test
  void encode_withoutTypes_allTokensAreNormal() {
    var writer =
        new GgufWriter()
            .text("tokenizer.ggml.model", "gpt2")
            .texts("tokenizer.ggml.tokens", "a", "b", "ab")
            .texts("tokenizer.ggml.merges", "a b");
    Tokenizer tokenizer = TestVocabulary.open(writer, directory);
    assertEquals(TokenIds.of(2, 1), tokenizer.encode("abb"));
    // As in llama.cpp, what the vocabulary cannot spell is left out.
    assertEquals(TokenIds.of(0), tokenizer.encode("ac"));
  }

  @Test
  void of_unknownPre_namesIt() {
    var vocabulary = new TestBytePairs("granite");
    var e =
        assertThrows(UnsupportedTokenizerException.class, () -> vocabulary.tokenizer(directory));
    assertEquals("tokenizer.ggml.pre", e.key());
    assertEquals("granite", e.name());
    assertTrue(e.getMessage().contains("llama-bpe"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", " a", "a "})
  void of_mergeWithoutTwoParts_namesIt(String merge) {
    var vocabulary = new TestBytePairs("gpt-2").mergeOnly("a", "b").rawMerge(merge);
    var e = assertThrows(MalformedVocabularyException.class, () -> vocabulary.tokenizer(directory));
    assertTrue(e.getMessage().startsWith("merge 1 "), e.getMessage());
  }

  @Test
  void of_mergeOutsideTheAlphabet_isLeftOut() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").rawMerge("▁ a").tokenizer(directory);
    assertEquals(TokenIds.of(' ', 'a'), tokenizer.encode(" a"));
  }

  @Test
  void of_missingOrWrongEntries_areNamed() {
    var writer = new GgufWriter().text("tokenizer.ggml.model", "gpt2");
    var missing =
        assertThrows(MissingMetadataException.class, () -> TestVocabulary.open(writer, directory));
    assertEquals("tokenizer.ggml.tokens", missing.key());
    writer.texts("tokenizer.ggml.tokens", "a");
    missing =
        assertThrows(MissingMetadataException.class, () -> TestVocabulary.open(writer, directory));
    assertEquals("tokenizer.ggml.merges", missing.key());
    writer.ints("tokenizer.ggml.merges", 1);
    assertThrows(WrongMetadataTypeException.class, () -> TestVocabulary.open(writer, directory));
  }

  @Test
  void encode_tooLong_namesTheLimit() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").tokenizer(directory);
    var e =
        assertThrows(
            LimitExceededException.class, () -> tokenizer.encode("a".repeat((1 << 24) + 1)));
    assertEquals("textBytes", e.limitName());
  }

  /** Half a megabyte of one word would take minutes in quadratic time. */
  @ParameterizedTest
  @ValueSource(strings = {"tekken", "default", "deepseek-llm", "deepseek-v3"})
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void encode_halfAMegabyteOfOneCharacter_takesNoQuadraticTime(String pre) {
    TestBytePairs vocabulary = new TestBytePairs(pre).userDefined("<x>");
    for (String c : List.of("a", " ", "7", "\0", "\n", "'", "\u0301")) {
      vocabulary.merge(c, c).merge(c + c, c + c);
    }
    Tokenizer tokenizer = vocabulary.tokenizer(directory);
    for (String part : List.of("a", " ", "7", "\0", "\n", "'", "\u0301", "A", "<x", "<x>", " a")) {
      String text = part.repeat((1 << 19) / part.length());
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
    String cased = "A".repeat(1 << 18) + "a".repeat(1 << 18) + "\n" + " ".repeat(1 << 18);
    assertEquals(cased, tokenizer.decode(tokenizer.encode(cased)));
  }

  @Test
  void encode_randomMerges_agreeWithExhaustiveSearch() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      Set<List<String>> merges = new LinkedHashSet<>();
      List<String> symbols = new ArrayList<>(List.of("a", "b", "c", "é", "\u0301"));
      for (int i = 0; i < 30; i++) {
        String left = symbols.get(random.nextInt(symbols.size()));
        String right = symbols.get(random.nextInt(symbols.size()));
        if (left.length() + right.length() < 12 && merges.add(List.of(left, right))) {
          symbols.add(left + right);
        }
      }
      TestBytePairs vocabulary = new TestBytePairs("qwen35");
      vocabulary.merge("\u00c3", "\u00a9"); // not the bytes of é
      byte[] accents = "é\u0301".getBytes(StandardCharsets.UTF_8);
      vocabulary.rawMerge(
          TestBytePairs.written(accents[0] & 0xff)
              + " "
              + TestBytePairs.written(accents[1] & 0xff));
      vocabulary.rawMerge(
          TestBytePairs.written(accents[2] & 0xff)
              + " "
              + TestBytePairs.written(accents[3] & 0xff));
      vocabulary.word("é").word("\u0301");
      Map<String, Integer> ids = new HashMap<>(Map.of("é", 257, "\u0301", 258));
      List.of("a", "b", "c").forEach(c -> ids.put(c, (int) c.charAt(0)));
      int next = 259;
      for (List<String> merge : merges) {
        vocabulary.mergeOnly(merge.get(0), merge.get(1));
        String union = merge.get(0) + merge.get(1);
        if (ids.putIfAbsent(union, next) == null) {
          vocabulary.word(union);
          next++;
        }
      }
      Tokenizer tokenizer = vocabulary.tokenizer(directory);
      for (int i = 0; i < 100; i++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
          text.append(symbols.get(random.nextInt(5)));
        }
        assertEquals(
            exhaustive(text.toString(), List.copyOf(merges), ids),
            tokenizer.encode(text.toString()),
            "seed " + seed + ", round " + round + ": " + text);
      }
    }
  }

  private static TokenIds exhaustive(
      String text, List<List<String>> merges, Map<String, Integer> ids) {
    List<String> symbols = new ArrayList<>();
    text.codePoints().mapToObj(Character::toString).forEach(symbols::add);
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = merges.indexOf(symbols.subList(i, i + 2));
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return TokenIds.of(symbols.stream().mapToInt(ids::get).toArray());
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
