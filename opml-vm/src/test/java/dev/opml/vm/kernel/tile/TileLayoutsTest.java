package dev.opml.vm.kernel.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.choice.KernelBattery;
import dev.opml.vm.kernel.row.WeightRow;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layouts of all formats, with what the types say of their blocks. */
class TileLayoutsTest {
  private static final long SEED = 11;
  private static final int ROW_IN_TILE = 3;

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
