package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;

/**
 * How floats lie in tiles: column by column a number a row; F32 row after row, 16-bit ones as a
 * line.
 */
final class DenseLayout extends TileLayout {
  private final GgmlType type;

  DenseLayout(GgmlType type) {
    this.type = type;
  }

  /** Bytes of a column of all rows. */
  int columnBytes() {
    return ROWS * type.blockBytes();
  }

  @Override
  long tileBytes(int columns) {
    return (long) columnBytes() * columns;
  }

  @Override
  boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile) {
    boolean finite = true;
    long at = tile + (type == GgmlType.F32 ? 4 * rowInTile : offset(rowInTile));
    for (int column = 0; column < row.columns; column++, at += columnBytes()) {
      if (type == GgmlType.F32) {
        putInt(tiles, at, row.intAt(4 * column));
      } else {
        short bits = row.shortAt(2 * column);
        finite &= type == GgmlType.BF16 || Half.isFinite(bits);
        putShort(tiles, at, bits);
      }
    }
    return finite;
  }
}
