package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native engine and guest on models of any shape and with any weights, infinities and all. */
class RandomModelTest {
  private static final long FIRST_SEED = 20_261_123;
  private static final int MODELS = 40;

  @TempDir private Path folder;

  @Test
  void crosscheck_anyShapeAndWeights_everyByteIsEqual() throws IOException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + MODELS; seed++) {
      Random random = new Random(seed);
      Path model = Files.write(folder.resolve("random.gguf"), RandomModel.bytes(seed));
      for (EngineKind kind : new EngineKind[] {EngineKind.VECTOR, EngineKind.SCALAR}) {
        ExecutorOptions options =
            ExecutorOptions.DEFAULT
                .withEngine(kind)
                .withThreads(1 + random.nextInt(3))
                .withContextLimit(40);
        try (LlamaExecutor executor = LlamaExecutor.open(model, options)) {
          int vocabulary = executor.model().header().vocabularySize();
          CrosscheckReport report =
              executor.crosscheck(
                  input(new Random(~seed), vocabulary), 0, Long.MAX_VALUE, InferenceListener.NONE);
          assertEquals(Optional.empty(), report.first(), "seed " + seed + ", " + kind);
        }
      }
    }
  }

  private static RawInput input(Random random, int vocabulary) {
    int length = 1 + random.nextInt(5);
    ByteBuffer region = ByteBuffer.allocate(128 + 4 * length).order(ByteOrder.LITTLE_ENDIAN);
    region.putInt(1).putInt(length).putInt(random.nextInt(5)).putInt(random.nextInt(2));
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
    try (LlamaExecutor executor =
        LlamaExecutor.open(model, ExecutorOptions.DEFAULT.withContextLimit(80_000))) {
      InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1), 1);
      assertThrows(
          LimitExceededException.class,
          () ->
              executor.crosscheck(
                  request, new NodeIndex(0), new NodeIndex(1), InferenceListener.NONE));
    }
  }
}
