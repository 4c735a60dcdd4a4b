package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.tile.ByteLayout;

/** Q8_0. */
final class ByteBand extends BandProduct {
  @Override
  void multiply(Band band, int columns, Activations x, int first, int count) {
    QuantizedVectors quantized = x.quantized(ByteLayout.BLOCK);
    for (int b = 0; b < columns / ByteLayout.BLOCK; b++) {
      int block = quantized.at(first, b);
      band.halves(band.scales);
      for (int k = 0; k < ByteLayout.BLOCK; k += Band.COLUMNS) {
        for (int c = 0; c < Band.COLUMNS; c += 2) {
          band.line();
          Loops.bytes(band.words, ByteLayout.BIAS, band.columns[c], band.columns[c + 1]);
        }
        multiply(band, quantized, block, k, 1, count, band.integers);
      }
      for (int v = 0; v < count; v++) {
        float dx = quantized.scale[block + v];
        Loops.addScaled(band.integers[v], band.scales, dx, band.sums[v]);
      }
    }
  }
}
