package dev.opml.vm.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight numbers in a {@code long}: what scalar code has for vectors. Byte 0 is the lowest.
 *
 * <p>A product with activations goes through one multiplication of 64 bits for four elements: with
 * {@code w = w0 + w2·2^16 + w4·2^32 + w6·2^48} and {@code x = x6 + x4·2^16 + x2·2^32 + x0·2^48},
 * bits 48 and up of {@code w·x} are the sum of products, rounded by what is below, which is less
 * than 2^47 as long as each sum fits 16 bits. All numbers are signed.
 */
final class ByteLanes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EVERY = 0x0101010101010101L;
  private static final long SIGNS = EVERY << 7;
  private static final long EVEN = 0x00ff00ff00ff00ffL;
  private static final long EVEN_NIBBLES = 0x000f000f000f000fL;
  private static final long EVEN_ONES = 0x0001000100010001L;

  /** Bit i of byte i. */
  private static final long DIAGONAL = 0x8040201008040201L;

  private ByteLanes() {}

  static long get(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static void set(byte[] bytes, int at, long eight) {
    LONG.set(bytes, at, eight);
  }

  /** The lower halves. */
  static long nibbles(long eight) {
    return eight & 15 * EVERY;
  }

  /** Bits {@code from} to {@code from + 1} of each byte, or only the lower with {@code mask} 1. */
  static long bits(long eight, int from, int mask) {
    return eight >>> from & mask * EVERY;
  }

  /** Bit i of {@code bits} as byte i. */
  static long spread(int bits) {
    long diagonal = (bits & 0xff) * EVERY & DIAGONAL;
    return (diagonal + 0x7f * EVERY) >>> 7 & EVERY;
  }

  /** Subtracts from each byte, all below 128. */
  static long minus(long eight, int subtrahend) {
    return ((eight | SIGNS) - subtrahend * EVERY) ^ SIGNS;
  }

  /**
   * Takes numbers apart for {@link #dot}: two words for eight.
   *
   * @param x activations, a number in each lower half
   * @param from first
   * @param n how many, a multiple of 8
   * @param words where to
   * @param to index of the first word
   */
  static void pack(int[] x, int from, int n, long[] words, int to) {
    for (int i = 0; i < n; i += 8) {
      long even = 0;
      long odd = 0;
      for (int j = from + i; j < from + i + 8; j += 2) {
        even = (even << 16) + (short) x[j];
        odd = (odd << 16) + (short) x[j + 1];
      }
      words[to + i / 4] = even;
      words[to + i / 4 + 1] = odd;
    }
  }

  /** Sum of products of {@code n} numbers up to 32 in magnitude, a multiple of 8. */
  static int dot(byte[] q, int from, int n, long[] x, int at) {
    long sum = 0;
    for (int i = 0; i < n; i += 8) {
      long biased = get(q, from + i) ^ SIGNS;
      long even = (biased & EVEN) - 128 * EVEN_ONES;
      long odd = (biased >>> 8 & EVEN) - 128 * EVEN_ONES;
      sum += top(even * x[at + i / 4] + odd * x[at + i / 4 + 1]);
    }
    return (int) sum;
  }

  /**
   * Sum of products of {@code n} bytes, a multiple of 8: each is 16 times a number, and a nibble.
   */
  static int dotBytes(byte[] q, int from, int n, long[] x, int at) {
    long lower = 0;
    long upper = 0;
    for (int i = 0; i < n; i += 8) {
      long bytes = get(q, from + i);
      long biased = bytes ^ SIGNS;
      long even = x[at + i / 4];
      long odd = x[at + i / 4 + 1];
      lower += top((bytes & EVEN_NIBBLES) * even + (bytes >>> 8 & EVEN_NIBBLES) * odd);
      upper +=
          top(
              ((biased >>> 4 & EVEN_NIBBLES) - 8 * EVEN_ONES) * even
                  + ((biased >>> 12 & EVEN_NIBBLES) - 8 * EVEN_ONES) * odd);
    }
    return (int) (lower + 16 * upper);
  }

  private static long top(long products) {
    return (products + (1L << 47)) >> 48;
  }
}
