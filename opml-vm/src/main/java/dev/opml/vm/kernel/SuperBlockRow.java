package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;

/**
 * A row of K-quant blocks of 256. Sub-blocks of 32 (Q4_K, Q5_K) or 16 (Q6_K) have integer scales
 * and, but for Q6_K, integer minimums.
 */
final class SuperBlockRow extends WeightRow {
  private static final int BLOCK = QuantizedVectors.LARGE_BLOCK;
  private static final int SMALL = QuantizedVectors.SMALL_BLOCK;
  private static final int SCALE_BYTES = 12;

  private final GgmlType type;
  private final int sub;
  private final float[] scale;
  private final float[] minimum;
  private final int[] subScale;
  private final int[] subMinimum;

  SuperBlockRow(GgmlType type, int columns) {
    super(type, columns);
    this.type = type;
    sub = type == GgmlType.Q6_K ? 16 : SMALL;
    scale = new float[columns / BLOCK];
    minimum = new float[columns / BLOCK];
    subScale = new int[columns / sub];
    subMinimum = new int[columns / SMALL];
  }

  @Override
  void unpack() {
    for (int block = 0; block < scale.length; block++) {
      int at = block * type.blockBytes();
      switch (type) {
        case Q6_K -> unpackSixBits(block, at);
        case Q5_K -> unpackWithMinimums(block, at, at + 4 + SCALE_BYTES);
        default -> unpackWithMinimums(block, at, -1);
      }
    }
  }

  /**
   * Layout: scale, minimum, packed 6-bit scales and minimums, fifth bits if {@code fifths} is not
   * negative, nibbles.
   */
  private void unpackWithMinimums(int block, int at, int fifths) {
    scale[block] = halfAt(at);
    minimum[block] = halfAt(at + 2);
    int s = at + 4;
    int first = block * BLOCK / SMALL;
    for (int j = 0; j < 4; j++) {
      subScale[first + j] = byteAt(s + j) & 63;
      subMinimum[first + j] = byteAt(s + j + 4) & 63;
      subScale[first + j + 4] = (byteAt(s + j + 8) & 15) | byteAt(s + j) >> 6 << 4;
      subMinimum[first + j + 4] = byteAt(s + j + 8) >> 4 | byteAt(s + j + 4) >> 6 << 4;
    }
    int nibbles = fifths < 0 ? s + SCALE_BYTES : fifths + SMALL;
    for (int i = 0; i < BLOCK / 2; i++) {
      int group = i / SMALL;
      int lane = i % SMALL;
      int bits = fifths < 0 ? 0 : byteAt(fifths + lane) >> (2 * group);
      int low = (byteAt(nibbles + i) & 15) | (bits & 1) << 4;
      int high = byteAt(nibbles + i) >> 4 | ((bits >> 1) & 1) << 4;
      int to = block * BLOCK + group * 2 * SMALL + lane;
      q[to] = (byte) low;
      q[to + SMALL] = (byte) high;
    }
  }

  /** Layout: 128 bytes of nibbles, 64 bytes of upper bit pairs, 16 int8 scales, scale. */
  private void unpackSixBits(int block, int at) {
    int uppers = at + BLOCK / 2;
    int scales = uppers + BLOCK / 4;
    scale[block] = halfAt(scales + BLOCK / sub);
    for (int j = 0; j < BLOCK / sub; j++) {
      subScale[block * BLOCK / sub + j] = packed[scales + j];
    }
    for (int i = 0; i < BLOCK; i++) {
      int half = i / (BLOCK / 2);
      int quarter = i / SMALL % 4;
      int lane = i % SMALL;
      int pair = byteAt(at + half * 64 + quarter % 2 * SMALL + lane);
      int nibble = quarter < 2 ? pair & 15 : pair >> 4;
      int upper = (byteAt(uppers + half * SMALL + lane) >> (2 * quarter)) & 3;
      q[block * BLOCK + i] = (byte) ((nibble | upper << 4) - 32);
    }
  }

  @Override
  float dot(Activations x, int vector) {
    QuantizedVectors quantized = x.quantized(BLOCK);
    float sum = 0;
    for (int block = 0; block < scale.length; block++) {
      int from = block * BLOCK;
      int at = quantized.at(vector, block);
      int integer = 0;
      for (int i = 0; i < BLOCK; i += sub) {
        integer += subScale[(from + i) / sub] * dotSubBlock(from + i, quantized, at * BLOCK + i);
      }
      float dx = quantized.scale[at];
      sum = sum + (scale[block] * dx) * (float) integer;
      if (type != GgmlType.Q6_K) {
        int shift = 0;
        for (int i = 0; i < BLOCK / SMALL; i++) {
          shift += subMinimum[from / SMALL + i] * quantized.sums[at * (BLOCK / SMALL) + i];
        }
        sum = sum - (minimum[block] * dx) * (float) shift;
      }
    }
    return sum;
  }

  private int dotSubBlock(int from, QuantizedVectors x, int at) {
    int dot = 0;
    for (int i = 0; i < sub; i++) {
      dot += q[from + i] * x.number(at + i);
    }
    return dot;
  }

  @Override
  short subScales(int column) {
    int first = column / sub;
    int upper = type == GgmlType.Q6_K ? subScale[first + 1] : subMinimum[first];
    return (short) ((subScale[first] & 0xff) | upper << 8);
  }

  @Override
  void dequantize(float[] out, int offset) {
    for (int i = 0; i < columns; i++) {
      float value = (scale[i / BLOCK] * (float) subScale[i / sub]) * (float) q[i];
      out[offset + i] =
          type == GgmlType.Q6_K
              ? value
              : value - minimum[i / BLOCK] * (float) subMinimum[i / SMALL];
    }
  }
}
