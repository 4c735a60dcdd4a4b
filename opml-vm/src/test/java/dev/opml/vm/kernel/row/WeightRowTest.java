package dev.opml.vm.kernel.row;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.choice.KernelBattery;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readers of all formats, with what the types say of their blocks. */
class WeightRowTest {
  private static final long SEED = 11;

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void dequantize_allFloatsZero_isZero(GgmlType type) {
    byte[] block = randomBlock(type);
    type.floats().forEach(number -> put(block, number, 0));
    float[] weights = dequantized(type, block);
    for (int i = 0; i < weights.length; i++) {
      weights[i] += 0f; // some are -0
    }
    assertArrayEquals(new float[type.blockSize()], weights);
  }

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void dequantize_oneFloatNaN_isNaN(GgmlType type) {
    for (BlockFloat number : type.floats()) {
      byte[] block = randomBlock(type);
      put(block, number, Float.NaN);
      float[] expected = new float[type.blockSize()];
      Arrays.fill(expected, Float.NaN);
      assertArrayEquals(expected, dequantized(type, block), number::toString);
    }
  }

  private static byte[] randomBlock(GgmlType type) {
    return KernelBattery.weights(new Random(SEED), type, 1, type.blockSize(), false);
  }

  private static void put(byte[] block, BlockFloat number, float value) {
    number.put(block, 0, number.encoding().bits(value));
  }

  private static float[] dequantized(GgmlType type, byte[] block) {
    WeightRow row = WeightRow.of(type, type.blockSize());
    row.read(MemorySegment.ofArray(block), 0);
    float[] weights = new float[type.blockSize()];
    row.dequantize(weights, 0);
    return weights;
  }
}
