package dev.opml.vm.kernel.tile;

import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.kernel.arithmetic.Half;
import dev.opml.vm.kernel.row.WeightRow;
import java.lang.foreign.MemorySegment;

/**
 * How floats lie in tiles: column by column a number a row; F32 row after row, 16-bit ones as a
 * line.
 */
public final class DenseLayout extends TileLayout {
  private final FloatEncoding encoding;

  DenseLayout(FloatEncoding encoding) {
    this.encoding = encoding;
  }

  /** How a number lies in the file and in tiles. */
  public FloatEncoding encoding() {
    return encoding;
  }

  /** Bytes of a column of all rows. */
  private int columnBytes() {
    return ROWS * encoding.bytes();
  }

  @Override
  public long tileBytes(int columns) {
    return (long) columnBytes() * columns;
  }

  @Override
  boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile) {
    boolean finite = true;
    boolean words = encoding == FloatEncoding.BINARY32;
    boolean checked = encoding == FloatEncoding.BINARY16; // others are shifted at most
    long at = tile + (words ? 4 * rowInTile : offset(rowInTile));
    for (int column = 0; column < row.columns; column++, at += columnBytes()) {
      if (words) {
        putInt(tiles, at, row.intAt(4 * column));
      } else {
        short bits = row.shortAt(2 * column);
        finite &= !checked || Half.isFinite(bits);
        putShort(tiles, at, bits);
      }
    }
    return finite;
  }
}
