package dev.opml.vm.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A matrix in tiles that the vector kernels multiply. */
final class VectorMatrix extends TiledMatrix {
  /** Vectors from which on a tile is unpacked for a batch, and what their number is rounded to. */
  private static final int BATCH = 4;

  private final TileFormat format;

  /**
   * Columns that one vector is multiplied with before the next rows of the tile are: few where a
   * line takes more than two vectors, for memory to be read nearly in order.
   */
  private final int columnsAtOnce;

  VectorMatrix(FileMatrix matrix, MemorySegment packed) {
    super(matrix, packed, 1);
    format = TileFormat.of(matrix.type());
    columnsAtOnce =
        TileLayout.LINE == 2 * VectorWidth.BYTES
            ? columns
            : Math.max(matrix.type().blockSize(), QuantizedVectors.SMALL_BLOCK);
  }

  @Override
  void multiplyTiles(
      int tile, Activations x, int first, int end, int from, int to, float[] out, int outStride) {
    int start = tile * TileLayout.ROWS;
    int v = first;
    while (end - v >= BATCH) {
      int count = Math.min(TileScratch.VECTORS, (end - v) / BATCH * BATCH);
      TileScratch scratch = TileScratch.ofThread();
      format.multiplyBatch(packed, tileBytes * tile, columns, x, v, count, scratch);
      for (int i = 0; i < count; i++, v++) {
        int row = i * TileLayout.ROWS + from - start;
        System.arraycopy(scratch.sums, row, out, v * outStride + from, to - from);
      }
    }
    boolean whole = to - from == TileLayout.ROWS;
    float[] sums = whole || v == end ? out : TileScratch.ofThread().sums;
    for (; v < end; v++) {
      int at = whole ? v * outStride + start : 0;
      multiplyOne(tileBytes * tile, x, v, sums, at);
      if (!whole) {
        System.arraycopy(sums, from - start, out, v * outStride + from, to - from);
      }
    }
  }

  private void multiplyOne(long tile, Activations x, int vector, float[] out, int at) {
    Arrays.fill(out, at, at + TileLayout.ROWS, 0);
    for (int from = 0; from < columns; from += columnsAtOnce) {
      int to = Math.min(columns, from + columnsAtOnce);
      long start = tile + tileBytes * from / columns;
      format.addColumns(packed, start, from, to, x, vector, out, at);
    }
  }
}
