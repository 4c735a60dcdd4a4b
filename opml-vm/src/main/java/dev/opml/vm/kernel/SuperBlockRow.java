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
    for (int i = 0; i < BLOCK / 2; i += 8) {
      int bit = 2 * (i / SMALL);
      long bits = fifths < 0 ? 0 : ByteLanes.get(packed, fifths + i % SMALL);
      long pairs = ByteLanes.get(packed, nibbles + i);
      long low = ByteLanes.nibbles(pairs) | ByteLanes.bits(bits, bit, 1) << 4;
      long high = ByteLanes.nibbles(pairs >>> 4) | ByteLanes.bits(bits, bit + 1, 1) << 4;
      int to = block * BLOCK + i / SMALL * 2 * SMALL + i % SMALL;
      ByteLanes.set(q, to, low);
      ByteLanes.set(q, to + SMALL, high);
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
    for (int i = 0; i < BLOCK; i += 8) {
      int half = i / (BLOCK / 2);
      int quarter = i / SMALL % 4;
      int lane = i % SMALL;
      long pairs = ByteLanes.get(packed, at + half * 64 + quarter % 2 * SMALL + lane);
      long nibble = ByteLanes.nibbles(quarter < 2 ? pairs : pairs >>> 4);
      long upper =
          ByteLanes.bits(ByteLanes.get(packed, uppers + half * SMALL + lane), 2 * quarter, 3);
      ByteLanes.set(q, block * BLOCK + i, ByteLanes.minus(nibble | upper << 4, 32));
    }
  }

  @Override
  float dot(Activations x, int vector) {
    QuantizedVectors quantized = x.quantized(BLOCK);
    float sum = 0;
    for (int block = 0; block < scale.length; block++) {
      int from = block * BLOCK;
      int integer = 0;
      for (int i = 0; i < BLOCK; i += sub) {
        int at = quantized.at(vector, (from + i) / SMALL) * SMALL + i % SMALL;
        integer += subScale[(from + i) / sub] * dot(from + i, sub, quantized, at);
      }
      float dx = quantized.scale[quantized.at(vector, block)];
      sum = sum + (scale[block] * dx) * (float) integer;
      if (type != GgmlType.Q6_K) {
        int shift = 0;
        for (int i = 0; i < BLOCK / SMALL; i++) {
          int small = from / SMALL + i;
          shift += subMinimum[small] * quantized.sums[quantized.at(vector, small)];
        }
        sum = sum - (minimum[block] * dx) * (float) shift;
      }
    }
    return sum;
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
