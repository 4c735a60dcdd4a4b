package dev.opml.vm.kernel.loop;

import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.kernel.activation.Activations;

/** F32, F16 and BF16. */
final class DenseBand extends BandProduct {
  private final FloatEncoding encoding;

  DenseBand(FloatEncoding encoding) {
    this.encoding = encoding;
  }

  @Override
  int lane(int row) {
    return encoding == FloatEncoding.BINARY32 ? row : super.lane(row);
  }

  @Override
  void multiply(Band band, int columns, Activations x, int first, int count) {
    for (int k = 0; k < columns; k += Band.COLUMNS) {
      int n = Math.min(Band.COLUMNS, columns - k);
      for (int c = 0; c < n; c++) {
        read(band, band.floats[c]);
      }
      for (int v = 0; v < count; v++) {
        int at = x.offset(first + v) + k;
        if (n == Band.COLUMNS) {
          Loops.multiply(band.floats, x.values(), at, band.sums[v]);
        } else {
          for (int c = 0; c < n; c++) {
            Loops.multiply(band.floats[c], x.values()[at + c], band.sums[v]);
          }
        }
      }
    }
  }

  private void read(Band band, float[] column) {
    switch (encoding) {
      case BINARY32 -> band.floats(column);
      case BINARY16 -> band.halves(column);
      case BFLOAT16 -> band.upperHalves(column);
    }
  }
}
