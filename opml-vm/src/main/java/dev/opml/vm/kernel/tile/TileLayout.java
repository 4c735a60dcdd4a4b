package dev.opml.vm.kernel.tile;

import dev.opml.api.platform.VectorSupport;
import dev.opml.vm.kernel.row.WeightRow;
import dev.opml.vm.kernel.width.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How packed weights lie in memory: in tiles of a few rows, so that a vector lane owns a row and
 * nothing is ever summed across lanes. A <i>line</i> has a 16-bit number of each row and fills two
 * vectors, so that memory is read in order: 64 rows for 512 bits. Of the <i>L</i> lanes of a vector
 * of 32-bit words, lane l of the first has rows l (lower half) and <i>L</i> + l (upper half), and
 * so has the second of the rest, so that widening takes two shifts and no permutation. Immutable
 * and thread-safe.
 */
public abstract sealed class TileLayout permits NibbleLayout, ByteLayout, DenseLayout {
  private static final int MOST_ROWS = 64;

  /** Rows of a tile. */
  public static final int ROWS = VectorSupport.isPresent() ? VectorWidth.BYTES : MOST_ROWS;

  /** Name and version: another order of bytes, of any format, is another name. */
  public static final String NAME = "opml tiles of " + ROWS + " rows, version 2";

  /** Bytes of a line. */
  public static final int LINE = 2 * ROWS;

  /** Rows from the one in the lower half of a word to the one in its upper half. */
  public static final int HALF_GROUP = ROWS / 4;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes of a tile with {@code columns} columns. */
  public abstract long tileBytes(int columns);

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
  public static int offset(int row) {
    int group = row / (2 * HALF_GROUP);
    int word = group * HALF_GROUP + row % HALF_GROUP;
    return 4 * word + 2 * (row / HALF_GROUP % 2);
  }
}
