package dev.opml.vm.kernel.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight numbers in a {@code long}: what scalar code has for vectors. Byte 0 is the lowest. */
final class ByteLanes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EVERY = 0x0101010101010101L;
  private static final long SIGNS = EVERY << 7;

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
}
