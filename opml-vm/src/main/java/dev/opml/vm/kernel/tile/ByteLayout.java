package dev.opml.vm.kernel.tile;

import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.arithmetic.Half;
import dev.opml.vm.kernel.row.WeightRow;
import java.lang.foreign.MemorySegment;

/**
 * How Q8_0 lies in tiles: for 32 columns a line of scales, then 16 lines with two columns each, as
 * bytes biased by {@value #BIAS}.
 */
public final class ByteLayout extends TileLayout {
  /** What is added to a number. */
  public static final int BIAS = 128;

  /** Columns that share a scale. */
  public static final int BLOCK = QuantizedVectors.SMALL_BLOCK;

  /** Lines of numbers in a block. */
  static final int LINES = BLOCK / 2;

  /** Bytes of a block of all rows. */
  static final int BLOCK_BYTES = LINE * (1 + LINES);

  private static final int SCALE_BYTES = 2;

  @Override
  public long tileBytes(int columns) {
    return (long) BLOCK_BYTES * (columns / BLOCK);
  }

  @Override
  boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile) {
    boolean finite = true;
    long at = tile + offset(rowInTile);
    for (int block = 0; block < row.columns / BLOCK; block++) {
      int from = block * (BLOCK + SCALE_BYTES);
      short scale = row.shortAt(from);
      finite &= Half.isFinite(scale);
      putShort(tiles, at, scale);
      at += LINE;
      for (int i = from + SCALE_BYTES; i < from + SCALE_BYTES + BLOCK; i += 2, at += LINE) {
        putShort(tiles, at, (row.packed[i] + BIAS) | (row.packed[i + 1] + BIAS) << 8);
      }
    }
    return finite;
  }
}
