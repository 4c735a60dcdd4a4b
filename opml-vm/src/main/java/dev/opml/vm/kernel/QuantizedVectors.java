package dev.opml.vm.kernel;

import java.util.Arrays;

/**
 * Vectors of a batch as blocks of int8 numbers, -127 to 127, with a float scale a block. Vector
 * {@code v} has its numbers from {@code v * columns}, its scales from {@code v * columns / block}.
 */
final class QuantizedVectors {
  /** Elements a block for all formats but the K-quants. */
  static final int SMALL_BLOCK = 32;

  /** Elements a block for the K-quants. */
  static final int LARGE_BLOCK = 256;

  private static final int LARGEST = 127;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITE = 0x7f800000;

  /** 2^-100: blocks that are smaller throughout become zero, so that 127 / amax stays finite. */
  private static final int TINY = 0x0d800000;

  final int block;

  /** The numbers. */
  final byte[] q;

  /** Scales. */
  final float[] scale;

  /** Sums of 32 consecutive numbers. */
  final int[] sums;

  /**
   * Each number in both halves of an int, for the 16-bit lanes of vector kernels; small blocks
   * only.
   */
  final int[] pairs;

  /**
   * For two consecutive numbers a and b, what takes the bias of Q8_0 bytes out of a word of
   * products: -128 (a + b) in both halves, the lower one plus 2^15 so that it is never negative;
   * small blocks only.
   */
  final int[] biases;

  QuantizedVectors(int block, int capacity, int longest) {
    this.block = block;
    int elements = Math.multiplyExact(capacity, longest);
    q = new byte[elements];
    scale = new float[elements / block + 1];
    sums = new int[elements / SMALL_BLOCK + 1];
    pairs = new int[block == SMALL_BLOCK ? elements : 0];
    biases = new int[pairs.length / 2];
  }

  /**
   * Quantizes vector {@code vector} of {@code n} elements, whole blocks, that starts at {@code
   * x[offset]}.
   */
  void quantize(float[] x, int offset, int vector, int n) {
    int base = vector * n;
    for (int i = 0; i < n; i += block) {
      scale[(base + i) / block] = quantizeBlock(x, offset + i, base + i);
    }
    for (int i = 0; i < n; i += SMALL_BLOCK) {
      int sum = 0;
      for (int j = base + i; j < base + i + SMALL_BLOCK; j++) {
        sum += q[j];
      }
      sums[(base + i) / SMALL_BLOCK] = sum;
    }
    if (block == SMALL_BLOCK) {
      widen(base, base + n);
    }
  }

  private void widen(int from, int to) {
    for (int i = from; i < to; i++) {
      pairs[i] = (q[i] & 0xffff) * 0x10001;
    }
    for (int i = from; i < to; i += 2) {
      int bias = -128 * (q[i] + q[i + 1]);
      biases[i / 2] = ((bias + 0x8000) & 0xffff) | bias << 16;
    }
  }

  private float quantizeBlock(float[] x, int from, int to) {
    int largest = 0;
    for (int i = from; i < from + block; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & MAGNITUDE);
    }
    if (largest < TINY || largest >= INFINITE) {
      Arrays.fill(q, to, to + block, (byte) 0);
      return largest < TINY ? 0 : Float.NaN;
    }
    float amax = Float.intBitsToFloat(largest);
    float inverse = LARGEST / amax;
    for (int i = 0; i < block; i++) {
      float rounded = x[from + i] * inverse + Exponential.ROUNDER;
      q[to + i] = (byte) (Float.floatToRawIntBits(rounded) - Exponential.ROUNDER_BITS);
    }
    return amax / LARGEST;
  }
}
