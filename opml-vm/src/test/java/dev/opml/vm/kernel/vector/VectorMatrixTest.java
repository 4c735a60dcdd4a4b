package dev.opml.vm.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.choice.KernelBattery;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import dev.opml.vm.kernel.scalar.ScalarMatrix;
import dev.opml.vm.kernel.tile.TileLayout;
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
  private static final int VECTORS = Activations.MOST_FEW + 1;
  private static final int MANY_TILES = 2 * TileScratch.TILES + 1;
  private static final int MANY_ROWS = MANY_TILES * ROWS + 5;

  /** Found before anything is spoilt: that tests itself. */
  private static final Kernels FASTEST = KernelChoice.fastest();

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

  /**
   * All ways to divide tiles into groups and vectors into batches, from one to more than are few.
   */
  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void multiply_anyRowsAndVectors_equalsTheReference(GgmlType type) {
    Random random = new Random(SEED);
    int columns =
        type.blockSize() == 1 ? 2 * TileScratch.COLUMNS_AT_ONCE + 3 : 2 * type.blockSize();
    byte[] bytes = KernelBattery.weights(random, type, MANY_ROWS, columns, false);
    int scale = type.floats().getFirst().upperByte();
    bytes[(int) type.bytes((long) (TileScratch.TILES + 2) * ROWS * columns) + scale] |= 0x7f;
    FileMatrix file = new FileMatrix(type, MemorySegment.ofArray(bytes), MANY_ROWS, columns);
    WeightMatrix expected = new ScalarMatrix(file);
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix actual = FASTEST.matrix(file, arena);
      for (int vectors = 1; vectors <= Activations.MOST_FEW + 6; vectors++) {
        float[] values = new float[vectors * columns];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        int cut = 1 + random.nextInt(MANY_ROWS - 1);
        int end = cut + random.nextInt(MANY_ROWS - cut + 1);
        String name = vectors + " vectors, rows to " + cut + " and to " + end;
        float[] wanted = product(ScalarKernels.INSTANCE, expected, values, vectors, cut, end);
        assertArrayEquals(wanted, product(FASTEST, actual, values, vectors, cut, end), name);
      }
    }
  }

  /** Products with rows up to {@code end}, in two parts. */
  private static float[] product(
      Kernels kernels, WeightMatrix matrix, float[] values, int vectors, int cut, int end) {
    int columns = values.length / vectors;
    Activations x = new Activations(vectors, columns);
    x.bind(values, 0, columns, columns, vectors);
    matrix.prepare(x);
    kernels.quantize(x);
    float[] out = new float[vectors * MANY_ROWS];
    matrix.multiply(x, 0, cut, out, 0, MANY_ROWS);
    matrix.multiply(x, cut, end, out, 0, MANY_ROWS);
    kernels.canonicalize(out, 0, out.length);
    return out;
  }

  private static float[] batch(Kernels kernels, FileMatrix file) {
    float[] values = new float[VECTORS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 17 - 8;
    }
    return product(kernels, kernels.matrix(file, Arena.ofAuto()), values, VECTORS, ROWS, ROWS);
  }
}
