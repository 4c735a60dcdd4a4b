package dev.opml.vm.kernel.loop;

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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Products of several bands with more vectors than are multiplied at once, against the reference.
 */
class LoopMatrixTest {
  private static final long SEED = 7;
  private static final int ROWS = 2 * Band.LANES + 100;
  private static final int VECTORS = Band.VECTORS + 3;

  /** Fills only those forms that are asked for. */
  private static final Kernels FASTEST = KernelChoice.fastest();

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void multiply_bandsAndAnInfiniteTile_equalsTheReference(GgmlType type) {
    Random random = new Random(SEED);
    int columns = type.blockSize() == 1 ? 37 : 2 * type.blockSize();
    byte[] bytes = KernelBattery.weights(random, type, ROWS, columns, false);
    int scale = type.floats().getFirst().upperByte();
    bytes[(int) type.bytes((3L * TileLayout.ROWS + 5) * columns) + scale] |= 0x7f;
    FileMatrix file = new FileMatrix(type, MemorySegment.ofArray(bytes), ROWS, columns);
    Activations x = new Activations(VECTORS, columns);
    float[] values = new float[VECTORS * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    x.bind(values, 0, columns, columns, VECTORS);
    WeightMatrix expected = new ScalarMatrix(file);
    try (Arena arena = Arena.ofConfined()) {
      WeightMatrix actual = LoopKernels.INSTANCE.matrix(file, arena);
      expected.prepare(x);
      actual.prepare(x);
      for (Kernels quantizing : List.of(FASTEST, ScalarKernels.INSTANCE)) {
        quantizing.quantize(x);
        assertArrayEquals(product(expected, x, ROWS), product(actual, x, Band.LANES + 33));
      }
    }
  }

  /** Bits of the products, computed in two parts. */
  private static int[] product(WeightMatrix matrix, Activations x, int cut) {
    float[] out = new float[VECTORS * ROWS];
    matrix.multiply(x, 0, cut, out, 0, ROWS);
    matrix.multiply(x, cut, ROWS, out, 0, ROWS);
    ScalarKernels.INSTANCE.canonicalize(out, 0, out.length);
    int[] bits = new int[out.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(out[i]);
    }
    return bits;
  }
}
