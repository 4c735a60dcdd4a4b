package dev.opml.dispute;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A 20-byte account: a requester, a player or an arbiter. Words are its big-endian pieces, most
 * significant first.
 */
public record Address(int word0, long word1, long word2) {
  /** Size in bytes. */
  public static final int SIZE = 20;

  /**
   * Parses 40 hexadecimal digits, with or without a leading {@code 0x}.
   *
   * @throws IllegalArgumentException if {@code hex} is anything else
   */
  public static Address fromHex(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.startsWith("0x") ? hex.substring(2) : hex);
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("expected 20 bytes, got " + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Address(in.getInt(), in.getLong(), in.getLong());
  }

  /** An account for the in-process arbiter: the last 20 bytes of the hash of {@code name}. */
  public static Address named(String name) {
    Bytes32 hash = new Preimage().raw(name.getBytes(StandardCharsets.UTF_8)).keccak();
    return new Address((int) hash.word1(), hash.word2(), hash.word3());
  }

  /** Returns a new array of the 20 bytes. */
  public byte[] toByteArray() {
    return ByteBuffer.allocate(SIZE).putInt(word0).putLong(word1).putLong(word2).array();
  }

  /** Returns {@code 0x} and 40 lower-case hexadecimal digits. */
  public String toHex() {
    return "0x" + HexFormat.of().formatHex(toByteArray());
  }

  @Override
  public String toString() {
    return toHex();
  }
}
