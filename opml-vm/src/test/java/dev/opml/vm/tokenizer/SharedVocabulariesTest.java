package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Agreement with llama.cpp on vocabularies that others made. */
class SharedVocabulariesTest {
  @Test
  void encode_llamaVocabularyStrings_givesLlamaCppIds() throws IOException {
    Path path = TestData.assumeShared("data/tokenizers/ggml-vocab-llama-spm.gguf");
    Tokenizer tokenizer = open(path);
    String[] texts = Files.readString(beside(path, ".inp")).split("\n__ggml_vocab_test__\n", -1);
    List<String> expected = Files.readAllLines(beside(path, ".out"));
    assertEquals(46, expected.size());
    for (int i = 0; i < expected.size(); i++) {
      TokenIds ids = tokenizer.encode(texts[i]);
      assertEquals(parse(expected.get(i)), ids, "string " + i + ": " + texts[i]);
      assertEquals(texts[i], tokenizer.decode(ids), "string " + i);
      assertEquals(TokenIds.of(1).concat(ids), tokenizer.encodePrompt(texts[i]));
    }
  }

  @Test
  void encodePrompt_stories260K_givesLlamaCppIds() {
    Tokenizer tokenizer = open(TestData.assumeShared("data/models/stories260K.gguf"));
    TokenIds ids = tokenizer.encodePrompt("Once upon a time");
    assertEquals(TokenIds.of(1, 403, 407, 261, 378), ids);
    assertEquals("Once upon a time", tokenizer.decode(ids));
  }

  @Test
  void of_byteLevelModel_isRefusedByName() {
    Path path = TestData.assumeShared("data/tokenizers/ggml-vocab-gpt-2.gguf");
    var e = assertThrows(UnsupportedTokenizerException.class, () -> open(path));
    assertEquals("gpt2", e.model());
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
