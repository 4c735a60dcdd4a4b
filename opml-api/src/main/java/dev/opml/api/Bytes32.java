package dev.opml.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * An immutable 32-byte value: a hash or a root. Equality is by content. Words are the big-endian
 * 64-bit pieces of the value, most significant first.
 */
public record Bytes32(long word0, long word1, long word2, long word3) {
  /** Size in bytes. */
  public static final int SIZE = 32;

  /** The value whose bytes are all zero. */
  public static final Bytes32 ZERO = new Bytes32(0, 0, 0, 0);

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /**
   * Reads the value stored at {@code offset}.
   *
   * @param source bytes to read from; copied
   * @param offset offset in bytes of the first of the 32 bytes
   * @throws IndexOutOfBoundsException if fewer than 32 bytes follow {@code offset}
   */
  public static Bytes32 read(byte[] source, int offset) {
    return new Bytes32(
        (long) BIG_ENDIAN.get(source, offset),
        (long) BIG_ENDIAN.get(source, offset + 8),
        (long) BIG_ENDIAN.get(source, offset + 16),
        (long) BIG_ENDIAN.get(source, offset + 24));
  }

  /**
   * Wraps exactly 32 bytes.
   *
   * @throws IllegalArgumentException if {@code bytes} has another length
   */
  public static Bytes32 of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("expected 32 bytes, got " + bytes.length);
    }
    return read(bytes, 0);
  }

  /**
   * Parses 64 hexadecimal digits, with or without a leading {@code 0x}.
   *
   * @throws IllegalArgumentException if {@code hex} is anything else
   */
  public static Bytes32 fromHex(String hex) {
    return of(HexFormat.of().parseHex(hex.startsWith("0x") ? hex.substring(2) : hex));
  }

  /** Stores the 32 bytes at {@code offset} of {@code target}. */
  public void write(byte[] target, int offset) {
    BIG_ENDIAN.set(target, offset, word0);
    BIG_ENDIAN.set(target, offset + 8, word1);
    BIG_ENDIAN.set(target, offset + 16, word2);
    BIG_ENDIAN.set(target, offset + 24, word3);
  }

  /** Returns a new array of the 32 bytes. */
  public byte[] toByteArray() {
    byte[] bytes = new byte[SIZE];
    write(bytes, 0);
    return bytes;
  }

  /** Returns {@code 0x} and 64 lower-case hexadecimal digits. */
  public String toHex() {
    return "0x" + HexFormat.of().formatHex(toByteArray());
  }

  @Override
  public String toString() {
    return toHex();
  }
}
