package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.tile.ByteLayout;
import dev.opml.vm.kernel.tile.DenseLayout;
import dev.opml.vm.kernel.tile.NibbleLayout;
import dev.opml.vm.kernel.tile.TileLayout;

/** How a {@link Band} of a weight format is multiplied with vectors. Immutable and thread-safe. */
abstract sealed class BandProduct permits NibbleBand, ByteBand, DenseBand {
  private static final int TILE_WORDS = Band.WORDS / Band.TILES;

  /** The product for weights that lie in tiles in some way. */
  static BandProduct of(TileLayout layout) {
    return switch (layout) {
      case NibbleLayout nibbles -> new NibbleBand(nibbles);
      case ByteLayout bytes -> new ByteBand();
      case DenseLayout dense -> new DenseBand(dense.encoding());
    };
  }

  /** Asks for what it reads beside {@link ActivationForm#PAIRS}. */
  void prepare(Activations x) {}

  /**
   * Multiplies the rows of a band that was just opened, to {@link Band#sums}.
   *
   * @param band the band
   * @param columns elements of a row
   * @param x vectors, quantized as the format needs it
   * @param first first vector
   * @param count number of vectors, at most {@link Band#VECTORS}
   */
  abstract void multiply(Band band, int columns, Activations x, int first, int count);

  /** The lane that owns a row of a band. */
  int lane(int row) {
    int byteInLine = TileLayout.offset(row % TileLayout.ROWS);
    int word = row / TileLayout.ROWS * TILE_WORDS + byteInLine / Integer.BYTES;
    return byteInLine % Integer.BYTES == 0 ? word : word + Band.WORDS;
  }

  /**
   * The unpacked columns times the numbers from {@code k} on, {@code step} apart, in a sub-block of
   * each vector.
   */
  static void multiply(
      Band band, QuantizedVectors x, int sub, int k, int step, int count, int[][] sums) {
    for (int v = 0; v < count; v++) {
      int from = (sub + v) * QuantizedVectors.SUB_BLOCK + k;
      Loops.multiply(band.columns, x.pairs, from, step, sums[v]);
    }
  }
}
