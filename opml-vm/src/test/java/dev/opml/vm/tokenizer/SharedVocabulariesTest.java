package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Detokenizer;
import dev.opml.api.inference.Encoding;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agreement with llama.cpp on vocabularies that others made. */
class SharedVocabulariesTest {
  @ParameterizedTest
  @CsvSource({"llama-spm, 1", "llama-bpe, 128000", "gpt-2, -1"})
  void encode_vectors_givesLlamaCppIds(String name, int begin) throws IOException {
    Path path = TestData.assumeShared("data/tokenizers/ggml-vocab-" + name + ".gguf");
    Tokenizer tokenizer = open(path);
    String[] texts = Files.readString(beside(path, ".inp")).split("\n__ggml_vocab_test__\n", -1);
    List<String> expected = Files.readAllLines(beside(path, ".out"));
    assertEquals(46, expected.size());
    for (int i = 0; i < expected.size(); i++) {
      TokenIds ids = tokenizer.encode(texts[i]);
      assertEquals(parse(expected.get(i)), ids, "string " + i + ": " + texts[i]);
      assertEquals(texts[i], tokenizer.decode(ids), "string " + i);
      assertEquals(texts[i], stream(tokenizer, ids), "string " + i);
      TokenIds added = begin < 0 ? TokenIds.EMPTY : TokenIds.of(begin);
      assertEquals(added.concat(ids), tokenizer.encodePrompt(texts[i]));
    }
  }

  @Test
  void encode_smolLm2Template_knowsControlTokensIfAsked() {
    Tokenizer tokenizer =
        open(TestData.assumeShared("data/models/SmolLM2-135M-Instruct.Q4_1.gguf"));
    assertEquals(
        TokenIds.of(504, 8746, 282, 253, 13269, 314),
        tokenizer.encodePrompt("The probability of a coin is"));
    String turn = "<|im_start|>user\nHi<|im_end|>\n";
    TokenIds marked = tokenizer.encode(turn, Encoding.MARKUP);
    assertEquals(TokenIds.of(1, 4093, 198, 26843, 2, 198), marked);
    assertEquals("user\nHi\n", tokenizer.decode(marked));
    TokenIds text = tokenizer.encode(turn);
    assertTrue(text.stream().noneMatch(id -> tokenizer.kind(id) == TokenKind.CONTROL));
    assertEquals(turn, tokenizer.decode(text));
    assertEquals(OptionalInt.of(2), tokenizer.find("<|im_end|>"));
    assertEquals(2, tokenizer.endOfTurn());
    assertEquals(Set.of(0, 2, 4), tokenizer.endsOfGeneration());
  }

  @Test
  void encodePrompt_stories260K_givesLlamaCppIds() {
    Tokenizer tokenizer = open(TestData.assumeShared("data/models/stories260K.gguf"));
    TokenIds ids = tokenizer.encodePrompt("Once upon a time");
    assertEquals(TokenIds.of(1, 403, 407, 261, 378), ids);
    assertEquals("Once upon a time", tokenizer.decode(ids));
  }

  @Test
  void encode_validationStories_matchesTheReferenceCount() throws IOException {
    Path text = TestData.assumeShared("data/text/stories.valid.txt");
    Tokenizer tokenizer = open(TestData.bundledModel());
    String stories = Files.readString(text);
    TokenIds ids = tokenizer.encodePrompt(stories);
    assertEquals(38_743, ids.size());
    assertEquals(stories, tokenizer.decode(ids));
  }

  private static Tokenizer open(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      return Tokenizers.of(file);
    }
  }

  private static String stream(Tokenizer tokenizer, TokenIds ids) {
    Detokenizer detokenizer = new Detokenizer(tokenizer);
    StringBuilder text = new StringBuilder();
    ids.stream().forEach(id -> text.append(detokenizer.push(id)));
    return text.append(detokenizer.end()).toString();
  }

  private static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  private static TokenIds parse(String line) {
    return TokenIds.of(
        Arrays.stream(line.trim().split(" "))
            .filter(id -> !id.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray());
  }
}
