package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.tile.TileLayout;
import dev.opml.vm.kernel.tile.TileLayouts;
import dev.opml.vm.kernel.tile.TiledMatrix;
import java.lang.foreign.MemorySegment;

/** A matrix in tiles that plain loops multiply. */
final class LoopMatrix extends TiledMatrix {
  private final BandProduct product;

  LoopMatrix(FileMatrix matrix, MemorySegment packed) {
    super(matrix, packed, Band.TILES);
    product = BandProduct.of(TileLayouts.of(matrix.type()));
  }

  @Override
  public int rowGranularity(int vectors) {
    return tilesAtOnce * TileLayout.ROWS;
  }

  @Override
  public void prepare(Activations x) {
    exact.prepare(x);
    product.prepare(x);
  }

  @Override
  protected void multiplyTiles(
      int tile, Activations x, int from, int to, float[] out, int outOffset, int outStride) {
    int start = tile * TileLayout.ROWS;
    int tiles = (to - start + TileLayout.ROWS - 1) / TileLayout.ROWS;
    Band band = Band.ofThread();
    for (int v = 0; v < x.vectors(); v += Band.VECTORS) {
      int count = Math.min(Band.VECTORS, x.vectors() - v);
      band.open(packed, tileBytes * tile, tileBytes, tiles, count);
      product.multiply(band, columns, x, v, count);
      for (int i = 0; i < count; i++) {
        int at = outOffset + (v + i) * outStride + start;
        for (int row = from - start; row < to - start; row++) {
          out[at + row] = band.sums[i][product.lane(row)];
        }
      }
    }
  }
}
