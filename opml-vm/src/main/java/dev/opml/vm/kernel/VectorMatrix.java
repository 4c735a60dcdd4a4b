package dev.opml.vm.kernel;

import java.lang.foreign.MemorySegment;

/** A matrix in tiles that the vector kernels multiply. */
final class VectorMatrix extends TiledMatrix {
  /** Vectors from which on a tile is unpacked for a batch, and what their number is rounded to. */
  private static final int BATCH = 4;

  private final TileFormat format;

  VectorMatrix(FileMatrix matrix, MemorySegment packed) {
    super(matrix, packed, 1);
    format = TileFormat.of(matrix.type());
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
      format.multiplyOne(packed, tileBytes * tile, columns, x, v, sums, at);
      if (!whole) {
        System.arraycopy(sums, from - start, out, v * outStride + from, to - from);
      }
    }
  }
}
