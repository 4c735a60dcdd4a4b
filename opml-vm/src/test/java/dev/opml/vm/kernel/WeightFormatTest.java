package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readers and layouts of all formats, with what the types say of their blocks. */
class WeightFormatTest {
  private static final long SEED = 11;
  private static final int ROW_IN_TILE = 3;

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

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void pack_oneFloatInfinite_saysSoIfKernelsWouldConvertIt(GgmlType type) {
    for (BlockFloat number : type.floats()) {
      byte[] block = randomBlock(type);
      put(block, number, Float.POSITIVE_INFINITY);
      boolean exact = pack(type, block, tile(type));
      assertEquals(number.encoding() != FloatEncoding.BINARY16, exact, number::toString);
    }
  }

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void pack_anyOtherBit_makesAnotherTile(GgmlType type) {
    byte[] block = randomBlock(type);
    byte[] packed = tile(type);
    pack(type, block, packed);
    for (int bit = 0; bit < Byte.SIZE * block.length; bit++) {
      int mask = 1 << bit % Byte.SIZE;
      block[bit / Byte.SIZE] ^= (byte) mask;
      byte[] other = tile(type);
      pack(type, block, other);
      assertFalse(Arrays.equals(packed, other), "bit " + bit + " is lost");
      block[bit / Byte.SIZE] ^= (byte) mask;
    }
  }

  private static byte[] randomBlock(GgmlType type) {
    return KernelBattery.weights(new Random(SEED), type, 1, type.blockSize(), false);
  }

  private static void put(byte[] block, BlockFloat number, float value) {
    number.put(block, 0, number.encoding().bits(value));
  }

  private static float[] dequantized(GgmlType type, byte[] block) {
    float[] weights = new float[type.blockSize()];
    row(type, block).dequantize(weights, 0);
    return weights;
  }

  private static byte[] tile(GgmlType type) {
    return new byte[(int) TileLayouts.of(type).tileBytes(type.blockSize())];
  }

  private static boolean pack(GgmlType type, byte[] block, byte[] tile) {
    MemorySegment tiles = MemorySegment.ofArray(tile);
    return TileLayouts.of(type).pack(row(type, block), tiles, 0, ROW_IN_TILE);
  }

  private static WeightRow row(GgmlType type, byte[] block) {
    WeightRow row = WeightRow.of(type, type.blockSize());
    row.read(MemorySegment.ofArray(block), 0);
    return row;
  }
}
