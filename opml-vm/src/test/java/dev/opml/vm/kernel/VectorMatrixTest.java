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

  /** As a thread has it whose engine was closed under it. */
  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void multiply_afterAProductThatFailedHalfway_startsFromZero(GgmlType type) {
    int rows = TileLayout.ROWS;
    int columns = 256;
    byte[] weights = KernelBattery.weights(new Random(SEED), type, rows, columns, false);
    FileMatrix file = new FileMatrix(type, MemorySegment.ofArray(weights), rows, columns);
    WeightMatrix matrix = Kernels.fastest().matrix(file, Arena.ofAuto());
    float[] values = new float[Activations.BATCH * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 17 - 8;
    }
    Activations x = new Activations(Activations.BATCH, columns);
    x.bind(values, 0, columns, columns, Activations.BATCH);
    matrix.prepare(x);
    Kernels.fastest().quantize(x);
    float[] expected = new float[Activations.BATCH * rows];
    matrix.multiply(x, 0, rows, expected, 0, rows);

    TileScratch scratch = TileScratch.ofThread();
    Arrays.fill(scratch.integers, 1);
    Arrays.fill(scratch.sums, 1);
    float[] actual = new float[expected.length];
    matrix.multiply(x, 0, rows, actual, 0, rows);
    Arrays.fill(scratch.integers, 0);

    assertArrayEquals(expected, actual);
  }
}
