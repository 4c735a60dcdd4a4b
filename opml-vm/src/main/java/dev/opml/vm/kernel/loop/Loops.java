package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.arithmetic.Half;

/**
 * Loops over the lanes of a {@link Band}, each small and over arrays from 0 on, so that C2 compiles
 * it to vector instructions.
 */
final class Loops {
  private static final int LANES = Band.LANES;
  private static final int WORDS = Band.WORDS;

  /** A nibble in each half of a word. */
  private static final int NIBBLES = 0x000f000f;

  private Loops() {}

  /**
   * Eight columns times eight numbers, the lower halves of {@code x} from {@code k} on, {@code
   * step} apart.
   */
  static void multiply(int[][] columns, int[] x, int k, int step, int[] sums) {
    int[] w0 = columns[0];
    int[] w1 = columns[1];
    int[] w2 = columns[2];
    int[] w3 = columns[3];
    int[] w4 = columns[4];
    int[] w5 = columns[5];
    int[] w6 = columns[6];
    int[] w7 = columns[7];
    int x0 = (short) x[k];
    int x1 = (short) x[k + step];
    int x2 = (short) x[k + 2 * step];
    int x3 = (short) x[k + 3 * step];
    int x4 = (short) x[k + 4 * step];
    int x5 = (short) x[k + 5 * step];
    int x6 = (short) x[k + 6 * step];
    int x7 = (short) x[k + 7 * step];
    for (int i = 0; i < sums.length; i++) {
      sums[i] =
          sums[i]
              + w0[i] * x0
              + w1[i] * x1
              + w2[i] * x2
              + w3[i] * x3
              + w4[i] * x4
              + w5[i] * x5
              + w6[i] * x6
              + w7[i] * x7;
    }
  }

  /** Eight columns times eight numbers, in order, each product and sum rounded. */
  static void multiply(float[][] columns, float[] x, int k, float[] sums) {
    float[] w0 = columns[0];
    float[] w1 = columns[1];
    float[] w2 = columns[2];
    float[] w3 = columns[3];
    float[] w4 = columns[4];
    float[] w5 = columns[5];
    float[] w6 = columns[6];
    float[] w7 = columns[7];
    float x0 = x[k];
    float x1 = x[k + 1];
    float x2 = x[k + 2];
    float x3 = x[k + 3];
    float x4 = x[k + 4];
    float x5 = x[k + 5];
    float x6 = x[k + 6];
    float x7 = x[k + 7];
    for (int i = 0; i < LANES; i++) {
      sums[i] =
          sums[i]
              + w0[i] * x0
              + w1[i] * x1
              + w2[i] * x2
              + w3[i] * x3
              + w4[i] * x4
              + w5[i] * x5
              + w6[i] * x6
              + w7[i] * x7;
    }
  }

  /** A column times a number, the product and the sum rounded. */
  static void multiply(float[] column, float x, float[] sums) {
    for (int i = 0; i < LANES; i++) {
      sums[i] = sums[i] + column[i] * x;
    }
  }

  /**
   * {@code sums += scale * (pair + bias + back)} for the 16-bit sums in both halves of words; makes
   * pairs zero.
   *
   * @param bias what centres the sums, in both halves: only then do they fit
   * @param back what is added to each, to take that back
   */
  static void addHalves(int[] pairs, int bias, int back, int[] scales, int[] sums) {
    for (int i = 0; i < WORDS; i++) {
      int pair = pairs[i] + bias;
      int lower = pair << 16 >> 16;
      int upper = (pair - lower) >> 16;
      sums[i] += scales[i] * (lower + back);
      sums[i + WORDS] += scales[i + WORDS] * (upper + back);
      pairs[i] = 0;
    }
  }

  /** {@code sums += (scale * dx) * integer}, rounded each; makes integers zero. */
  static void addScaled(int[] integers, float[] scales, float dx, float[] sums) {
    for (int i = 0; i < LANES; i++) {
      sums[i] = sums[i] + (scales[i] * dx) * (float) integers[i];
      integers[i] = 0;
    }
  }

  /** Eight columns of nibbles, two rows a word, from words of one row each. */
  static void nibbles(int[] lower, int[] upper, int[][] columns) {
    for (int j = 0; j < Band.COLUMNS; j++) {
      nibbles(lower, upper, 4 * j, columns[j]);
    }
  }

  private static void nibbles(int[] lower, int[] upper, int shift, int[] column) {
    for (int i = 0; i < WORDS; i++) {
      column[i] = (lower[i] >>> shift & 15) | (upper[i] >>> shift & 15) << 16;
    }
  }

  /**
   * Four columns of nibbles with bits above them, two rows a word.
   *
   * @param above in each half of a word, the columns' bits, from bit {@code from} on
   * @param n bits a column: 1 or 2
   */
  static void numbers(int[] words, int[] above, int from, int n, int[][] columns, int first) {
    int[] q0 = columns[first];
    int[] q1 = columns[first + 1];
    int[] q2 = columns[first + 2];
    int[] q3 = columns[first + 3];
    int mask = ((1 << n) - 1) * 0x10001;
    for (int i = 0; i < WORDS; i++) {
      int w = words[i];
      int bits = above[i] >>> from;
      q0[i] = (w & NIBBLES) | (bits & mask) << 4;
      q1[i] = (w >>> 4 & NIBBLES) | (bits >>> n & mask) << 4;
      q2[i] = (w >>> 8 & NIBBLES) | (bits >>> (2 * n) & mask) << 4;
      q3[i] = (w >>> 12 & NIBBLES) | (bits >>> (3 * n) & mask) << 4;
    }
  }

  /** Two columns of bytes, less {@code bias}. */
  static void bytes(int[] words, int bias, int[] even, int[] odd) {
    for (int i = 0; i < WORDS; i++) {
      int w = words[i];
      even[i] = (w & 255) - bias;
      odd[i] = (w >>> 8 & 255) - bias;
      even[i + WORDS] = (w >>> 16 & 255) - bias;
      odd[i + WORDS] = (w >>> 24) - bias;
    }
  }

  /** Two columns of signed bytes. */
  static void signedBytes(int[] words, int[] even, int[] odd) {
    for (int i = 0; i < WORDS; i++) {
      int w = words[i];
      even[i] = w << 24 >> 24;
      odd[i] = w << 16 >> 24;
      even[i + WORDS] = w << 8 >> 24;
      odd[i + WORDS] = w >> 24;
    }
  }

  /** Bits of the binary32 numbers that are 2^112 times smaller than binary16 numbers. */
  static void halves(int[] words, int[] bits) {
    for (int i = 0; i < WORDS; i++) {
      bits[i] = words[i] << 16 >> 3 & Half.SIGN_AND_MAGNITUDE;
      bits[i + WORDS] = words[i] >> 3 & Half.SIGN_AND_MAGNITUDE;
    }
  }

  /** Makes of what {@link #halves} made what it meant: exact, for subnormals too. */
  static void scaleHalves(float[] x) {
    for (int i = 0; i < LANES; i++) {
      x[i] *= Half.SCALE;
    }
  }

  /** Bits of the binary32 numbers with these upper halves. */
  static void upperHalves(int[] words, int[] bits) {
    for (int i = 0; i < WORDS; i++) {
      bits[i] = words[i] << 16;
      bits[i + WORDS] = words[i] & 0xffff0000;
    }
  }
}
