package dev.opml.dispute.internal;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/**
 * The bytes that an identity is the hash of: fixed-width fields, big-endian, in the order they are
 * added, as Solidity's {@code abi.encodePacked} lays them out. Not thread-safe.
 */
public final class Preimage {
  /**
   * Identities that an arbiter computes. The first byte of each preimage is its kind's number, so
   * that no hash of one kind is a hash of another.
   */
  public enum Kind {
    /** A request. */
    REQUEST(1),
    /** A seal. */
    SEAL(2),
    /** A claim. */
    CLAIM(3),
    /** A game. */
    GAME(4),
    /** A game's position. */
    POSITION(5);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

  /** The preimage of an identity, with its tag. */
  public static Preimage of(Kind kind) {
    return new Preimage().u8(kind.tag);
  }

  /** Appends one byte. */
  public Preimage u8(int value) {
    bytes.write(value);
    return this;
  }

  /** Appends eight bytes. */
  public Preimage u64(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.write((int) (value >>> shift));
    }
    return this;
  }

  /** Appends 32 bytes, as Solidity's {@code uint256}. */
  public Preimage u256(long value) {
    return u64(0).u64(0).u64(0).u64(value);
  }

  /**
   * Appends 32 bytes, as Solidity's {@code uint256}.
   *
   * @throws IllegalArgumentException if {@code value} is negative or needs more than 256 bits
   */
  public Preimage u256(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256: " + value);
    }
    byte[] significant = value.toByteArray();
    int from = Math.max(0, significant.length - Bytes32.SIZE);
    bytes.write(
        new byte[Bytes32.SIZE - significant.length + from],
        0,
        Bytes32.SIZE - significant.length + from);
    bytes.write(significant, from, significant.length - from);
    return this;
  }

  /** Appends 32 bytes. */
  public Preimage bytes32(Bytes32 value) {
    return u64(value.word0()).u64(value.word1()).u64(value.word2()).u64(value.word3());
  }

  /** Appends bytes as they are: those of an account, or of the last field of a preimage. */
  public Preimage raw(byte[] value) {
    bytes.write(value, 0, value.length);
    return this;
  }

  /** Keccak-256 of everything appended. */
  public Bytes32 keccak() {
    return Keccak256.hash(bytes.toByteArray());
  }
}
