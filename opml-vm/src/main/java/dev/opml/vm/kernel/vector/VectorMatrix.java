package dev.opml.vm.kernel.vector;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.tile.TileLayout;
import dev.opml.vm.kernel.tile.TiledMatrix;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** A matrix in tiles that the vector kernels multiply. */
final class VectorMatrix extends TiledMatrix {
  private final TileFormat format;
  private final boolean finite;

  VectorMatrix(FileMatrix matrix, MemorySegment packed) {
    this(matrix, packed, TileFormats.of(matrix.type()));
  }

  private VectorMatrix(FileMatrix matrix, MemorySegment packed, TileFormat format) {
    super(matrix, packed, format.mostTiles);
    this.format = format;
    finite = IntStream.range(0, tiles(matrix)).allMatch(this::isFinite);
  }

  @Override
  public int rowGranularity(int vectors) {
    return format.isBatch(vectors) ? TileLayout.ROWS : format.slots(1) * TileLayout.ROWS;
  }

  @Override
  public int rowsAtOnce(int vectors) {
    return format.isBatch(vectors) ? TileLayout.ROWS : tilesAtOnce * TileLayout.ROWS;
  }

  @Override
  public void prepare(Activations x) {
    format.prepare(x);
    if (!finite) {
      exact.prepare(x);
    }
  }

  @Override
  protected void multiplyTiles(
      int tile, Activations x, int from, int to, float[] out, int outOffset, int outStride) {
    int start = tile * TileLayout.ROWS;
    int tiles = (to - start + TileLayout.ROWS - 1) / TileLayout.ROWS;
    TileScratch scratch = TileScratch.ofThread();
    if (!format.isBatch(x)) {
      format.multiplyFew(packed, tileBytes * tile, tileBytes, tiles, columns, x, scratch);
      int slots = format.slots(tiles) * TileLayout.ROWS;
      for (int v = 0; v < x.vectors(); v++) {
        int at = outOffset + v * outStride + from;
        System.arraycopy(scratch.sums, v * slots + from - start, out, at, to - from);
      }
      return;
    }
    for (int t = 0; t < tiles; t++) {
      int row = start + t * TileLayout.ROWS;
      int first = Math.max(from, row);
      int rows = Math.min(to, row + TileLayout.ROWS) - first;
      for (int v = 0; v < x.vectors(); v += TileScratch.VECTORS) {
        int count = Math.min(TileScratch.VECTORS, x.vectors() - v);
        format.multiplyBatch(packed, tileBytes * (tile + t), columns, x, v, count, scratch);
        for (int i = 0; i < count; i++) {
          int at = outOffset + (v + i) * outStride + first;
          System.arraycopy(scratch.sums, i * TileLayout.ROWS + first - row, out, at, rows);
        }
      }
    }
  }
}
