package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How packed weights lie in memory: tiles of 64 rows, so that a vector lane owns a row and nothing
 * is ever summed across lanes. A <i>line</i> is 128 bytes: 64 16-bit numbers, one a row. Within a
 * line, 32-bit word {@code 16 g + l} holds rows {@code 32 g + l} (lower half) and {@code 32 g + 16
 * + l} (upper half), so that widening takes two shifts and no permutation. Immutable and
 * thread-safe.
 */
abstract sealed class TileLayout permits NibbleLayout, ByteLayout, DenseLayout {
  /** Name and version: another order of bytes, of any format, is another name. */
  static final String NAME = "opml tiles of 64 rows, version 2";

  /** Rows of a tile. */
  static final int ROWS = 64;

  /** Bytes of a line. */
  static final int LINE = 2 * ROWS;

  /** Bytes that tiles are aligned to. */
  static final long ALIGNMENT = 64;

  private static final int GROUP = 32;

  /** Rows from the one in the lower half of a word to the one in its upper half. */
  static final int HALF_GROUP = 16;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The layout of a format. */
  static TileLayout of(GgmlType type) {
    return switch (type) {
      case F32, F16, BF16 -> new DenseLayout(type);
      case Q8_0 -> new ByteLayout();
      default -> new NibbleLayout(type);
    };
  }

  /** Bytes of a tile with {@code columns} columns. */
  abstract long tileBytes(int columns);

  /**
   * Packs one row.
   *
   * @param row the row
   * @param tiles where to
   * @param tile byte offset of its tile
   * @param rowInTile its number in the tile
   * @return whether the kernels compute the row exactly: not if a scale is not finite
   */
  abstract boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile);

  static void putShort(MemorySegment tiles, long offset, int value) {
    tiles.set(SHORT, offset, (short) value);
  }

  static void putInt(MemorySegment tiles, long offset, int value) {
    tiles.set(INT, offset, value);
  }

  /** Byte offset of a row's number in a line. */
  static int offset(int row) {
    int inGroup = row % GROUP;
    int word = row / GROUP * HALF_GROUP + inGroup % HALF_GROUP;
    return 4 * word + 2 * (inGroup / HALF_GROUP);
  }

  /**
   * The row that lane 0 of the lower halves of the vector at 32-bit word {@code word} of a line
   * belongs to.
   */
  static int firstRow(int word) {
    return word / HALF_GROUP * GROUP + word % HALF_GROUP;
  }
}
