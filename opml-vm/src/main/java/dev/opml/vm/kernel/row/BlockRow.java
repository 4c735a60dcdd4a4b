package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;

/** A row of blocks of 32 with a float scale and, for the {@code _1} formats, a minimum. */
final class BlockRow extends WeightRow {
  private static final int BLOCK = QuantizedVectors.SMALL_BLOCK;
  private static final int HALF = BLOCK / 2;
  private static final int NIBBLE_BITS = 4;

  private final GgmlType type;
  private final float[] scale;
  private final float[] minimum;
  private final boolean hasMinimum;
  private final int bits;

  /** The centre, which is taken from a number of 4 or 5 bits. */
  private final int centre;

  /**
   * A holder for rows.
   *
   * @param bits bits of a number: 4, 5 or 8
   */
  BlockRow(GgmlType type, int bits, int columns) {
    super(type, columns);
    this.type = type;
    scale = new float[columns / BLOCK];
    minimum = new float[columns / BLOCK];
    hasMinimum = type.hasMinimums();
    this.bits = bits;
    centre = hasMinimum ? 0 : 1 << (bits - 1);
  }

  @Override
  void unpack() {
    for (int block = 0; block < scale.length; block++) {
      int at = block * type.blockBytes();
      scale[block] = halfAt(at);
      at += Short.BYTES;
      if (hasMinimum) {
        minimum[block] = halfAt(at);
        at += Short.BYTES;
      }
      if (bits == Byte.SIZE) {
        System.arraycopy(packed, at, q, block * BLOCK, BLOCK);
      } else if (bits == NIBBLE_BITS) {
        nibbles(block, at, 0);
      } else {
        nibbles(block, at + Integer.BYTES, intAt(at));
      }
    }
  }

  /**
   * Low nibbles are the block's first half; bit i of {@code fifths} is the fifth bit of element i.
   */
  private void nibbles(int block, int at, int fifths) {
    int to = block * BLOCK;
    for (int i = 0; i < HALF; i += 8) {
      long pairs = ByteLanes.get(packed, at + i);
      long low = ByteLanes.nibbles(pairs) | ByteLanes.spread(fifths >>> i) << 4;
      long high = ByteLanes.nibbles(pairs >>> 4) | ByteLanes.spread(fifths >>> (i + HALF)) << 4;
      ByteLanes.set(q, to + i, ByteLanes.minus(low, centre));
      ByteLanes.set(q, to + HALF + i, ByteLanes.minus(high, centre));
    }
  }

  @Override
  public float dot(Activations x, int vector) {
    QuantizedVectors quantized = x.quantized(BLOCK);
    float sum = 0;
    for (int block = 0; block < scale.length; block++) {
      int at = quantized.at(vector, block);
      int integer = dot(block * BLOCK, BLOCK, quantized, at * BLOCK);
      float dx = quantized.scale[at];
      sum = sum + (scale[block] * dx) * (float) integer;
      if (hasMinimum) {
        sum = sum + (minimum[block] * dx) * (float) quantized.sums[at];
      }
    }
    return sum;
  }

  @Override
  public void dequantize(float[] out, int offset) {
    for (int i = 0; i < columns; i++) {
      float value = scale[i / BLOCK] * (float) q[i];
      out[offset + i] = hasMinimum ? value + minimum[i / BLOCK] : value;
    }
  }
}
