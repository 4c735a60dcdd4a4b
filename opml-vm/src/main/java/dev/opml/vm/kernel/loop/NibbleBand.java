package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.tile.NibbleLayout;
import java.util.Arrays;

/**
 * Formats of 4, 5 and 6 bits: see {@link NibbleLayout}. Two rows are multiplied at once: a word has
 * a number of each, and a product with a word is a word of products as long as 16 bits hold the sum
 * of a group, once numbers are centred. The borrow of the lower half is undone once a group.
 */
final class NibbleBand extends BandProduct {
  private static final int LINE_COLUMNS = 4;

  private final NibbleLayout layout;
  private final int bitsAbove;
  private final int group;
  private final int block;
  private final boolean hasSubScales;

  NibbleBand(NibbleLayout layout) {
    this.layout = layout;
    bitsAbove = layout.bitsAbove();
    group = QuantizedVectors.SUB_BLOCK >> bitsAbove;
    block = layout.columns();
    hasSubScales = block == QuantizedVectors.LARGE_BLOCK;
  }

  @Override
  void prepare(Activations x) {
    if (bitsAbove > 0) {
      x.quantized(block).need(ActivationForm.PART_BIASES);
    }
  }

  @Override
  void multiply(Band band, int columns, Activations x, int first, int count) {
    QuantizedVectors quantized = x.quantized(block);
    Arrays.fill(band.subScales[0], 1);
    for (int b = 0; b < columns / block; b++) {
      band.halves(band.scales);
      if (layout.hasMinimums()) {
        band.halves(band.minimums);
      }
      int sub = b * (block / QuantizedVectors.SUB_BLOCK);
      for (int s = 0; s < block / QuantizedVectors.SUB_BLOCK; s++) {
        if (hasSubScales) {
          readSubScales(band, s);
        }
        int at = quantized.at(first, sub + s);
        for (int k = 0; k < QuantizedVectors.SUB_BLOCK; k += group) {
          multiplyGroup(band, quantized, at, k, count);
        }
      }
      for (int v = 0; v < count; v++) {
        finish(band, quantized, quantized.at(first + v, b), quantized.at(first + v, sub), v);
      }
    }
  }

  private void readSubScales(Band band, int sub) {
    band.line();
    if (layout.hasMinimums()) {
      Loops.bytes(band.words, 0, band.subScales[0], band.subMinimums[sub]);
    } else {
      Loops.signedBytes(band.words, band.subScales[0], band.subScales[1]);
    }
  }

  /** Multiplies the group that starts at column {@code k} of a sub-block. */
  private void multiplyGroup(Band band, QuantizedVectors x, int at, int k, int count) {
    if (bitsAbove == 0) {
      multiplyWords(band, x, at, k, count);
    } else {
      multiplyLines(band, x, at, k, count);
    }
    int[] scales = band.subScales[bitsAbove < 2 ? 0 : k / (QuantizedVectors.SUB_BLOCK / 2)];
    for (int v = 0; v < count; v++) {
      int bias = (short) x.biases[bitsAbove][((at + v) * QuantizedVectors.SUB_BLOCK + k) / group];
      Loops.addHalves(
          band.pairs[v],
          bias * 0x10001,
          layout.hasMinimums() ? -bias : 0,
          scales,
          band.integers[v]);
    }
  }

  private void multiplyWords(Band band, QuantizedVectors x, int at, int k, int count) {
    for (int i = 0; i < NibbleLayout.NIBBLE_STRIDE; i++) {
      band.wordLine();
      Loops.nibbles(band.words, band.above, band.columns);
      multiply(band, x, at, k + i, NibbleLayout.NIBBLE_STRIDE, count, band.pairs);
    }
  }

  private void multiplyLines(Band band, QuantizedVectors x, int at, int k, int count) {
    band.lineAbove();
    for (int c = 0; c < group; c += Band.COLUMNS) {
      unpack(band, c, 0);
      unpack(band, c + LINE_COLUMNS, LINE_COLUMNS);
      multiply(band, x, at, k + c, 1, count, band.pairs);
    }
  }

  /** Unpacks the four columns of a group from {@code c} on. */
  private void unpack(Band band, int c, int to) {
    band.line();
    Loops.numbers(band.words, band.above, c * bitsAbove, bitsAbove, band.columns, to);
  }

  /** Adds a block's integers to a vector's sums. */
  private void finish(Band band, QuantizedVectors x, int at, int sub, int v) {
    float dx = x.scale[at];
    int[] integers = band.integers[v];
    Loops.addScaled(integers, band.scales, dx, band.sums[v]);
    if (layout.hasMinimums()) {
      if (hasSubScales) {
        Loops.multiply(band.subMinimums, x.sums, sub, x.vectors, integers);
        dx = -dx; // subtracts, exactly
      } else {
        Arrays.fill(integers, x.sums[sub]);
      }
      Loops.addScaled(integers, band.minimums, dx, band.sums[v]);
    }
  }
}
