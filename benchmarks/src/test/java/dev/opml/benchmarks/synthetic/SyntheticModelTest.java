package dev.opml.benchmarks.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SyntheticModelTest {
  private static final ModelShape SMALL = new ModelShape(256, 3, 4, 2, 512, 2000, 512);

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("dev.opml.benchmarks.synthetic.ModelFormat#all")
  void write_everyFormat_runsInTheEngine(ModelFormat format) throws IOException {
    Path file = write(SMALL, format, 1);
    try (GgufExecutor executor = GgufExecutor.open(file, ExecutorOptions.DEFAULT)) {
      TokenIds prompt = executor.tokenizer().encodePrompt("the tea");
      boolean[] finite = {true};
      executor.run(
          InferenceRequest.greedy(prompt, 3),
          new InferenceListener() {
            @Override
            public void onLogits(int position, FloatBuffer logits) {
              while (logits.hasRemaining()) {
                finite[0] &= Float.isFinite(logits.get());
              }
            }
          });
      assertTrue(finite[0], "all logits are finite");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.opml.benchmarks.synthetic.ModelFormat#all")
  void write_everyFormat_weightsHaveTheDeviationAndNoMean(ModelFormat format) throws IOException {
    try (GgufFile file = GgufFile.open(write(SMALL, format, 1))) {
      for (String name : List.of("blk.2.ffn_down.weight", "blk.1.attn_q.weight", "output.weight")) {
        GgufTensor tensor = file.requireTensor(name);
        int columns = (int) tensor.columns();
        float[] row = new float[columns];
        double sum = 0;
        double squares = 0;
        for (int r = 0; r < tensor.rows(); r++) {
          KernelChoice.scalar().dequantize(tensor.type(), tensor.data(), r, columns, row, 0);
          for (float weight : row) {
            sum += weight;
            squares += weight * weight;
          }
        }
        double count = (double) columns * tensor.rows();
        double wanted = name.startsWith("blk") ? 1 / Math.sqrt(columns) : 0.02;
        assertEquals(1, Math.sqrt(squares / count) / wanted, 0.1, name);
        // Q4_0 and Q5_0 have one value more below zero than above.
        assertEquals(0, sum / count / wanted, 0.12, name);
      }
    }
  }

  @Test
  void write_sameSeed_sameBytes() throws IOException {
    byte[] first = Files.readAllBytes(write(SMALL, ModelFormat.named("Q4_K_M"), 7));
    assertArrayEquals(first, Files.readAllBytes(write(SMALL, ModelFormat.named("Q4_K_M"), 7)));
    assertFalse(
        Arrays.equals(first, Files.readAllBytes(write(SMALL, ModelFormat.named("Q4_K_M"), 8))));
  }

  @Test
  void write_mix_spendsMoreBitsWhereLlamaCppDoes() throws IOException {
    ModelShape shape = new ModelShape(256, 12, 4, 4, 256, 300, 512);
    try (GgufFile file = GgufFile.open(write(shape, ModelFormat.named("Q4_K_M"), 1))) {
      List<Integer> sixBits =
          IntStream.range(0, 12).filter(layer -> isQ6(file, layer)).boxed().toList();
      // What llama-quantize makes of an F16 file with 12 layers.
      assertEquals(List.of(0, 3, 6, 9, 10, 11), sixBits);
      assertEquals(GgmlType.Q6_K, file.requireTensor("output.weight").type());
      assertEquals(GgmlType.Q4_K, file.requireTensor("token_embd.weight").type());
    }
  }

  private static boolean isQ6(GgufFile file, int layer) {
    GgmlType value = file.requireTensor("blk." + layer + ".attn_v.weight").type();
    assertEquals(value, file.requireTensor("blk." + layer + ".ffn_down.weight").type());
    assertEquals(GgmlType.Q4_K, file.requireTensor("blk." + layer + ".attn_k.weight").type());
    return value == GgmlType.Q6_K;
  }

  @Test
  void write_vocabulary_encodesWordsAndAnyText() throws IOException {
    try (GgufFile file = GgufFile.open(write(SMALL, ModelFormat.named("Q8_0"), 1))) {
      Tokenizer tokenizer = Tokenizers.of(file);
      assertEquals(SMALL.vocabulary(), tokenizer.vocabularySize());
      assertEquals(2, tokenizer.encode("at no").size(), "a word is a token");
      String text = "Grüße, 世界\n~ {x}";
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @Test
  void write_byteLevelVocabulary_everyMergeMakesAToken() throws IOException {
    Path path = folder.resolve("model.gguf");
    ModelShape shape = new ModelShape(32, 1, 1, 1, 32, 128_256, 512);
    new SyntheticModel("test", shape, ModelFormat.named("Q8_0"), TokenizerKind.GPT2, 1).write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufArray.Texts tokens = file.metadata().requireTexts("tokenizer.ggml.tokens");
      GgufArray.Texts merges = file.metadata().requireTexts("tokenizer.ggml.merges");
      assertEquals(shape.vocabulary(), tokens.size());
      Set<String> known = new HashSet<>();
      for (int id = 0; id < tokens.size(); id++) {
        assertTrue(known.add(tokens.get(id)), "twice: " + tokens.get(id));
      }
      for (int i = 0; i < merges.size(); i++) {
        List<String> parts = List.of(merges.get(i).split(" ", 2));
        assertTrue(known.containsAll(parts), merges.get(i));
        assertEquals(tokens.get(256 + i), String.join("", parts));
      }
    }
  }

  @Test
  void write_rowsThatAreNotWholeBlocks_areRefusedAndLeaveNoFile() throws IOException {
    ModelShape odd = new ModelShape(288, 1, 4, 4, 512, 300, 512);
    assertThrows(IllegalArgumentException.class, () -> write(odd, ModelFormat.named("Q4_K"), 1));
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  private Path write(ModelShape shape, ModelFormat format, long seed) throws IOException {
    Path file = folder.resolve("model.gguf");
    new SyntheticModel("test", shape, format, TokenizerKind.SPM, seed).write(file);
    return file;
  }
}
