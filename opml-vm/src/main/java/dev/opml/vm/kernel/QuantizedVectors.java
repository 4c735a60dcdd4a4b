package dev.opml.vm.kernel;

/**
 * Vectors of a batch as blocks of int8 numbers, -127 to 127, with a float scale a block, in the
 * forms that kernels read. All arrays go block by block, and in a block vector by vector: that is
 * the order in which a batch is multiplied. {@link #at} gives a block's number.
 */
final class QuantizedVectors {
  /** Elements a block for all formats but the K-quants. */
  static final int SMALL_BLOCK = 32;

  /** Elements a block for the K-quants. */
  static final int LARGE_BLOCK = 256;

  /** Numbers of bits above the nibble that weights may have. */
  static final int MOST_BITS_ABOVE = 2;

  private static final int LARGEST = 127;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITE = 0x7f800000;

  /** 2^-100: blocks that are smaller throughout become zero, so that 127 / amax stays finite. */
  private static final int TINY = 0x0d800000;

  private static final int BYTE_BIAS = 128;

  final int block;

  /** Number of vectors in the batch. */
  int vectors;

  /** A scale a block. */
  final float[] scale;

  /** Each number in both halves of an int, for 16-bit lanes. */
  final int[] pairs;

  /** Each number as a float; only in a batch of more than one vector. */
  final float[] floats;

  /** Sums of 32 consecutive numbers. */
  final int[] sums;

  /**
   * What centres weights of 4, 5 and 6 bits: {@code -8}, {@code -16}, {@code -32} times the sum of
   * 32, 16 and 8 consecutive numbers, in both halves of an int.
   */
  final int[][] biases;

  /**
   * For two consecutive numbers a and b, what takes the bias of Q8_0 bytes out of a word of
   * products: -128 (a + b) in both halves, the lower one plus 2^15 so that it is never negative.
   * Small blocks only.
   */
  final int[] byteBiases;

  QuantizedVectors(int block, int capacity, int longest) {
    this.block = block;
    int blocks = Math.multiplyExact(capacity, (longest + block - 1) / block);
    int elements = Math.multiplyExact(blocks, block);
    scale = new float[blocks];
    pairs = new int[elements];
    floats = new float[capacity == 1 ? 0 : elements];
    sums = new int[elements / SMALL_BLOCK];
    biases = new int[MOST_BITS_ABOVE + 1][];
    for (int above = 0; above < biases.length; above++) {
      biases[above] = new int[elements / (SMALL_BLOCK >> above)];
    }
    byteBiases = new int[block == SMALL_BLOCK ? elements / 2 : 0];
  }

  /**
   * Number of block {@code b} of vector {@code vector}; its elements start at that times {@link
   * #block}.
   */
  int at(int vector, int b) {
    return b * vectors + vector;
  }

  /** Element {@code i} of the arrays. */
  byte number(int i) {
    return (byte) pairs[i];
  }

  /**
   * Quantizes vector {@code vector} of {@code n} elements, whole blocks, that starts at {@code
   * x[offset]}.
   */
  void quantize(float[] x, int offset, int vector, int n) {
    for (int b = 0; b < n / block; b++) {
      int to = at(vector, b);
      scale[to] = quantizeBlock(x, offset + b * block, to * block);
      derive(to * block);
    }
  }

  private float quantizeBlock(float[] x, int from, int to) {
    int largest = 0;
    for (int i = from; i < from + block; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & MAGNITUDE);
    }
    float inverse = inverse(largest);
    for (int i = 0; i < block; i++) {
      float rounded =
          inverse == 0 ? Exponential.ROUNDER : x[from + i] * inverse + Exponential.ROUNDER;
      int q = Float.floatToRawIntBits(rounded) - Exponential.ROUNDER_BITS;
      pairs[to + i] = (q & 0xffff) * 0x10001;
    }
    return scale(largest);
  }

  /** What a block's elements are multiplied by: 0 if all its numbers are 0. */
  static float inverse(int largestBits) {
    boolean none = largestBits < TINY || largestBits >= INFINITE;
    return none ? 0 : LARGEST / Float.intBitsToFloat(largestBits);
  }

  /** A block's scale. */
  static float scale(int largestBits) {
    return largestBits < TINY
        ? 0
        : largestBits >= INFINITE ? Float.NaN : Float.intBitsToFloat(largestBits) / LARGEST;
  }

  /** Fills the other forms of the block whose first element is {@code from}. */
  void derive(int from) {
    int eight = SMALL_BLOCK >> MOST_BITS_ABOVE;
    for (int i = from; i < from + block; i += SMALL_BLOCK) {
      int sum = 0;
      for (int j = i; j < i + SMALL_BLOCK; j += 2 * eight) {
        int lower = sumOfEight(j);
        int upper = sumOfEight(j + eight);
        setBias(2, j / eight, lower);
        setBias(2, j / eight + 1, upper);
        setBias(1, j / (2 * eight), lower + upper);
        sum += lower + upper;
      }
      setBias(0, i / SMALL_BLOCK, sum);
      sums[i / SMALL_BLOCK] = sum;
    }
    if (vectors > 1) {
      for (int i = from; i < from + block; i++) {
        floats[i] = (short) pairs[i];
      }
    }
    if (block == SMALL_BLOCK) {
      for (int i = from; i < from + SMALL_BLOCK; i += 2) {
        int bias = -BYTE_BIAS * ((short) pairs[i] + (short) pairs[i + 1]);
        byteBiases[i / 2] = ((bias + 0x8000) & 0xffff) | bias << 16;
      }
    }
  }

  private int sumOfEight(int from) {
    int sum = 0;
    for (int i = from; i < from + 8; i++) {
      sum += (short) pairs[i];
    }
    return sum;
  }

  private void setBias(int above, int at, int sum) {
    biases[above][at] = ((-(8 << above) * sum) & 0xffff) * 0x10001;
  }
}
