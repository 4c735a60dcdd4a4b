package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native engine and guest on models of any shape and with any weights, infinities and all. */
class RandomModelTest {
  private static final long FIRST_SEED = 20_261_123;
  private static final int MODELS = 40;
  private static final long FIRST_ALIGNED_SEED = 20_261_202;
  private static final int ALIGNED_MODELS = 8;
  private static final String MODEL = "random.gguf";

  @TempDir private Path folder;

  @Test
  void crosscheck_anyShapeAndWeights_everyByteIsEqual() throws IOException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + MODELS; seed++) {
      Random random = new Random(new SplittableRandom(seed).nextLong());
      for (EngineKind kind : new EngineKind[] {EngineKind.VECTOR, EngineKind.SCALAR}) {
        assertNoDifference(
            RandomModel.bytes(seed), kind, 1 + random.nextInt(3), 1 + random.nextInt(5), seed);
      }
    }
  }

  /**
   * Tensors at odd multiples of eight bytes, of every format: what the alignment of most files
   * never shows.
   */
  @Test
  void crosscheck_tensorsAlignedTo8_everyByteIsEqual() throws IOException {
    var anyFormat = new RandomModel.Shape(256, 32, 1, 8, 256, 20, 1);
    Set<GgmlType> seen = EnumSet.noneOf(GgmlType.class);
    for (long seed = FIRST_ALIGNED_SEED; seed < FIRST_ALIGNED_SEED + ALIGNED_MODELS; seed++) {
      byte[] model = RandomModel.alignedTo8(seed, anyFormat);
      assertNoDifference(model, EngineKind.VECTOR, 2, 1, seed);
      try (GgufFile file = GgufFile.open(folder.resolve(MODEL))) {
        file.tensors().stream()
            .filter(tensor -> tensor.offset() % 16 == 8)
            .forEach(tensor -> seen.add(tensor.type()));
      }
    }
    assertEquals(EnumSet.allOf(GgmlType.class), seen);
  }

  /** A batch over more than one tile of the KV cache, windows that begin inside one, decoding. */
  @Test
  void crosscheck_longPrompt_everyByteIsEqual() throws IOException {
    var dense = new RandomModel.Shape(11, 10, 2, 2, 13, 20, 1);
    var blocks = new RandomModel.Shape(32, 16, 1, 4, 32, 20, 1);
    String window = "llama.attention.sliding_window";
    List<byte[]> models =
        List.of(
            RandomModel.of(2, dense).uint32(window, 17).toByteArray(),
            RandomModel.of(3, blocks).uint32(window, 33).toByteArray(),
            RandomModel.bytes(4, "qwen2", blocks),
            RandomModel.bytes(8, "qwen3", dense),
            RandomModel.bytes(9, "smollm3", dense),
            RandomModel.bytes(10, "granite", blocks),
            RandomModel.bytes(11, "gemma2", dense),
            RandomModel.bytes(12, "gemma3", blocks),
            RandomModel.bytes(13, "phi3", blocks));
    for (byte[] model : models) {
      assertNoDifference(model, EngineKind.VECTOR, 2, 36, models.indexOf(model));
    }
  }

  private void assertNoDifference(
      byte[] bytes, EngineKind kind, int threads, int promptLength, long seed) throws IOException {
    Path model = Files.write(folder.resolve(MODEL), bytes);
    ExecutorOptions options =
        ExecutorOptions.DEFAULT.withEngine(kind).withThreads(threads).withContextLimit(40);
    try (GgufExecutor executor = GgufExecutor.open(model, options)) {
      int vocabulary = executor.model().header().vocabularySize();
      CrosscheckReport report =
          executor.crosscheck(
              input(new Random(~new SplittableRandom(seed).nextLong()), promptLength, vocabulary),
              0,
              Long.MAX_VALUE,
              InferenceListener.NONE);
      assertEquals(Optional.empty(), report.first(), "seed " + seed + ", " + kind);
    }
  }

  private static RawInput input(Random random, int length, int vocabulary) {
    ByteBuffer region = ByteBuffer.allocate(128 + 4 * length).order(ByteOrder.LITTLE_ENDIAN);
    region.putInt(2).putInt(length).putInt(random.nextInt(5)).putInt(random.nextInt(2));
    region.putFloat(random.nextInt(3) * 0.7f).putInt(random.nextInt(20));
    region.putFloat(random.nextBoolean() ? 1 : 0.8f).putFloat(random.nextBoolean() ? 0 : 0.05f);
    region.putLong(random.nextLong()).position(128);
    for (int i = 0; i < length; i++) {
      region.putInt(random.nextInt(vocabulary));
    }
    return new RawInput(MemorySegment.ofArray(region.array()));
  }

  @Test
  void crosscheck_stateLargerThanAnArray_isRefused() {
    var wide = new RandomModel.Shape(1, 64, 64, 1, 1, 2, 2);
    Path model = RandomModel.of(1, wide).write(folder);
    try (GgufExecutor executor =
        GgufExecutor.open(model, ExecutorOptions.DEFAULT.withContextLimit(80_000))) {
      InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1), 1);
      assertThrows(
          LimitExceededException.class,
          () ->
              executor.crosscheck(
                  request, new NodeIndex(0), new NodeIndex(1), InferenceListener.NONE));
    }
  }
}
