package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A matrix repacked into tiles of {@value TileLayout#ROWS} rows ({@link TileLayout}). The last tile
 * is filled up with zero rows. A tile with a scale or weight that is not finite, which the fast
 * conversion from binary16 would get wrong, is left to the scalar kernel.
 */
abstract class TiledMatrix implements WeightMatrix {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ScalarMatrix exact;
  private final boolean[] notFinite;
  private final int rows;
  private final long tileBytes;

  final int columns;

  /** The packed tiles. */
  final MemorySegment tiles;

  TiledMatrix(
      GgmlType type, MemorySegment data, int rows, int columns, long tileBytes, Arena arena) {
    this.rows = rows;
    this.columns = columns;
    this.tileBytes = tileBytes;
    exact = new ScalarMatrix(type, data, columns);
    int count = (rows + TileLayout.ROWS - 1) / TileLayout.ROWS;
    notFinite = new boolean[count];
    tiles = arena.allocate(tileBytes * count, TileLayout.ALIGNMENT);
  }

  /** Packs all rows; {@link #pack} sees each. */
  final void packAll(GgmlType type, MemorySegment data) {
    byte[] row = new byte[Math.toIntExact(type.bytes(columns))];
    for (int r = 0; r < rows; r++) {
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) r * row.length, row, 0, row.length);
      long tile = tileBytes * (r / TileLayout.ROWS);
      if (!pack(row, tile, r % TileLayout.ROWS)) {
        notFinite[r / TileLayout.ROWS] = true;
      }
    }
  }

  /**
   * Packs one row.
   *
   * @param row the row as the file has it
   * @param tile byte offset of its tile
   * @param rowInTile its number in the tile
   * @return whether the fast kernel computes the row exactly
   */
  abstract boolean pack(byte[] row, long tile, int rowInTile);

  /**
   * Multiplies the 64 rows of the tile at byte {@code tile} with a vector; to {@code out[outOffset
   * ..]}.
   */
  abstract void multiplyTile(long tile, Activations x, int vector, float[] out, int outOffset);

  @Override
  public final int rowGranularity() {
    return TileLayout.ROWS;
  }

  @Override
  public final void multiply(
      Activations x,
      int firstVector,
      int endVector,
      int firstRow,
      int endRow,
      float[] out,
      int outStride) {
    float[] whole = new float[TileLayout.ROWS];
    for (int from = firstRow; from < endRow; ) {
      int tile = from / TileLayout.ROWS;
      int start = tile * TileLayout.ROWS;
      int to = Math.min(endRow, start + TileLayout.ROWS);
      if (notFinite[tile]) {
        exact.multiply(x, firstVector, endVector, from, to, out, outStride);
      } else if (to - from == TileLayout.ROWS) {
        for (int v = firstVector; v < endVector; v++) {
          multiplyTile(tile * tileBytes, x, v, out, v * outStride + start);
        }
      } else {
        for (int v = firstVector; v < endVector; v++) {
          multiplyTile(tile * tileBytes, x, v, whole, 0);
          System.arraycopy(whole, from - start, out, v * outStride + from, to - from);
        }
      }
      from = to;
    }
  }

  final void putShort(long offset, int value) {
    tiles.set(SHORT, offset, (short) value);
  }

  static short shortAt(byte[] row, int offset) {
    return (short) ((row[offset] & 0xff) | row[offset + 1] << 8);
  }
}
