package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tokenizer of the bundled model, against one that searches all pairs before every merge. */
class BundledVocabularyTest {
  private static final String[] PARTS = {
    "a",
    "e",
    "t",
    "h",
    "n",
    "i",
    "o",
    " ",
    " the",
    " time",
    "ing",
    ".",
    "\n",
    "Z",
    "é",
    "🦙",
    "<s>",
    "<0x41>",
    "\0",
    "Once upon a",
    "  ",
    "'",
    "ß"
  };

  private static GgufFile file;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    file = GgufFile.open(TestData.bundledModel());
    tokenizer = Tokenizers.of(file);
  }

  @AfterAll
  static void close() {
    file.close();
  }

  @Test
  void encodePrompt_onceUponATime_givesTheReferenceIds() {
    TokenIds ids = tokenizer.encodePrompt("Once upon a time");
    assertEquals(TokenIds.of(1, 412, 432, 261, 384), ids);
    assertEquals("Once upon a time", tokenizer.decode(ids));
    assertEquals(1, tokenizer.beginOfSequence());
    assertEquals(1024, tokenizer.vocabularySize());
  }

  @Test
  void encode_randomText_agreesWithExhaustiveSearchAndDecodes() {
    Map<String, Integer> ids = new HashMap<>();
    GgufArray.Texts tokens = file.metadata().requireTexts("tokenizer.ggml.tokens");
    GgufArray.Ints types = file.metadata().requireInts("tokenizer.ggml.token_type");
    GgufArray.Reals scores = file.metadata().requireReals("tokenizer.ggml.scores");
    for (int id = 0; id < tokens.size(); id++) {
      if (types.get(id) == 1) {
        ids.put(tokens.get(id), id);
      }
    }
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      String text = randomText(random);
      String what = "seed " + seed + ", round " + round + ": " + text;
      TokenIds encoded = tokenizer.encode(text);
      assertEquals(exhaustive(text, ids, scores), encoded, what);
      assertEquals(text, tokenizer.decode(encoded), what);
    }
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return text.toString();
  }

  private static TokenIds exhaustive(
      String text, Map<String, Integer> ids, GgufArray.Reals scores) {
    List<String> symbols = new ArrayList<>();
    if (!text.isEmpty()) {
      ("▁" + text.replace(' ', '▁'))
          .codePoints()
          .mapToObj(Character::toString)
          .forEach(symbols::add);
    }
    while (true) {
      int best = -1;
      double bestScore = Double.NEGATIVE_INFINITY;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer id = ids.get(symbols.get(i) + symbols.get(i + 1));
        if (id != null && scores.get(id) > bestScore) {
          best = i;
          bestScore = scores.get(id);
        }
      }
      if (best < 0) {
        return toIds(symbols, ids);
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  private static TokenIds toIds(List<String> symbols, Map<String, Integer> ids) {
    TokenIds result = TokenIds.EMPTY;
    for (String symbol : symbols) {
      Integer id = ids.get(symbol);
      if (id != null) {
        result = result.concat(TokenIds.of(id));
      } else {
        for (byte b : symbol.getBytes(StandardCharsets.UTF_8)) {
          result = result.concat(TokenIds.of(3 + (b & 0xff)));
        }
      }
    }
    return result;
  }
}
