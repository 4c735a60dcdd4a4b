package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorMatrixTest {
  private static final long SEED = 5;
  private static final int ROWS = TileLayout.ROWS;
  private static final int COLUMNS = 256;

  /** Found before anything is spoilt: that tests itself. */
  private static final Kernels FASTEST = Kernels.fastest();

  /** As a thread has it whose engine was closed under it. */
  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void multiply_afterAProductThatFailedHalfway_startsFromZero(GgmlType type) {
    byte[] weights = KernelBattery.weights(new Random(SEED), type, ROWS, COLUMNS, false);
    FileMatrix file = new FileMatrix(type, MemorySegment.ofArray(weights), ROWS, COLUMNS);
    TileScratch scratch = TileScratch.ofThread();
    Arrays.fill(scratch.integers, 1_000_000);
    Arrays.fill(scratch.sums, 1_000_000);

    float[] products = batch(FASTEST, file);

    assertArrayEquals(batch(ScalarKernels.INSTANCE, file), products);
  }

  private static float[] batch(Kernels kernels, FileMatrix file) {
    float[] values = new float[Activations.BATCH * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 17 - 8;
    }
    WeightMatrix matrix = kernels.matrix(file, Arena.ofAuto());
    Activations x = new Activations(Activations.BATCH, COLUMNS);
    x.bind(values, 0, COLUMNS, COLUMNS, Activations.BATCH);
    matrix.prepare(x);
    kernels.quantize(x);
    float[] products = new float[Activations.BATCH * ROWS];
    matrix.multiply(x, 0, ROWS, products, 0, ROWS);
    return products;
  }
}
