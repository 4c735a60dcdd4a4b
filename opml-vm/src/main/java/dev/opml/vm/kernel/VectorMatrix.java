package dev.opml.vm.kernel;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** A matrix in tiles that the vector kernels multiply. */
final class VectorMatrix extends TiledMatrix {
  private final TileFormat format;
  private final boolean finite;

  VectorMatrix(FileMatrix matrix, MemorySegment packed) {
    super(matrix, packed, 1);
    format = TileFormat.of(matrix.type());
    finite = IntStream.range(0, tiles(matrix)).allMatch(this::isFinite);
  }

  @Override
  public void prepare(Activations x) {
    format.prepare(x);
    if (!finite) {
      exact.prepare(x);
    }
  }

  @Override
  void multiplyTiles(
      int tile, Activations x, int from, int to, float[] out, int outOffset, int outStride) {
    long at = tileBytes * tile;
    int row = from - tile * TileLayout.ROWS;
    if (x.isBatch()) {
      multiplyBatch(at, x, row, out, outOffset + from, outStride, to - from);
      return;
    }
    boolean whole = to - from == TileLayout.ROWS;
    float[] sums = whole ? out : TileScratch.ofThread().sums;
    for (int v = 0; v < x.vectors(); v++) {
      int result = outOffset + v * outStride + from;
      format.multiplyOne(packed, at, columns, x, v, sums, whole ? result : 0);
      if (!whole) {
        System.arraycopy(sums, row, out, result, to - from);
      }
    }
  }

  private void multiplyBatch(
      long tile, Activations x, int row, float[] out, int outOffset, int outStride, int rows) {
    TileScratch scratch = TileScratch.ofThread();
    int vectors = x.vectors();
    for (int v = 0; v < vectors; ) {
      int count =
          Math.min(TileScratch.VECTORS, (vectors - v) / Activations.BATCH * Activations.BATCH);
      if (count == 0) {
        // The last few are multiplied with some that were before, which changes nothing.
        count = Activations.BATCH;
        v = vectors - count;
      }
      format.multiplyBatch(packed, tile, columns, x, v, count, scratch);
      for (int i = 0; i < count; i++, v++) {
        System.arraycopy(
            scratch.sums, i * TileLayout.ROWS + row, out, outOffset + v * outStride, rows);
      }
    }
  }
}
