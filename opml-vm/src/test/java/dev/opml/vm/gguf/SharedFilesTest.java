package dev.opml.vm.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that others wrote. */
class SharedFilesTest {
  private static final Set<String> WELL_FORMED = Set.of("valid-small.gguf", "v3-empty.bin");

  @Test
  void open_hostileFiles_areRefused() throws IOException {
    for (Path path : files(TestData.assumeShared("data/hostile-gguf"))) {
      if (WELL_FORMED.contains(path.getFileName().toString())) {
        try (GgufFile file = GgufFile.open(path)) {
          assertEquals(List.of(), file.tensors(), path.toString());
        }
      } else {
        var e = assertThrows(MalformedGgufException.class, () -> GgufFile.open(path).close());
        assertEquals(path, e.file());
        assertTrue(e.offset() >= 0 && e.offset() <= Files.size(path), e.getMessage());
      }
    }
  }

  @Test
  void open_modelsOfEveryFormat_describeTheSameNetwork() throws IOException {
    for (Path path : files(TestData.assumeShared("data/models/ours"))) {
      try (GgufFile file = GgufFile.open(path)) {
        if (!file.metadata().requireString("general.architecture").equals("llama")) {
          assertTrue(List.of(784L, 800L).contains(file.requireTensor("fc1.weight").columns()));
          continue;
        }
        assertEquals(39, file.tensors().size());
        assertEquals(List.of(256L, 1024L), file.requireTensor("output.weight").shape());
        assertEquals(10000f, file.metadata().requireFloat("llama.rope.freq_base"));
      }
    }
  }

  @Test
  void open_vocabularyOf128kTokens_readsStringsInPlace() {
    Path path = TestData.assumeShared("data/tokenizers/ggml-vocab-llama-bpe.gguf");
    try (GgufFile file = GgufFile.open(path)) {
      GgufArray.Texts tokens = file.metadata().requireTexts("tokenizer.ggml.tokens");
      assertEquals(128256, tokens.size());
      assertEquals("!", tokens.get(0));
      GgufArray.Texts merges = file.metadata().requireTexts("tokenizer.ggml.merges");
      assertEquals(280147, merges.size());
      assertEquals("Ġ Ġ", merges.get(0));
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
