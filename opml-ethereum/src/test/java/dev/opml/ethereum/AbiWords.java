package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.merkle.Keccak256;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Arguments or data of an event as a contract's interface encodes them, written word by word: a
 * second implementation, for tests.
 */
final class AbiWords {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  AbiWords word(Bytes32 value) {
    bytes.writeBytes(value.toByteArray());
    return this;
  }

  AbiWords word(BigInteger value) {
    byte[] magnitude = value.toByteArray();
    byte[] padded = new byte[Bytes32.SIZE + magnitude.length];
    System.arraycopy(magnitude, 0, padded, Bytes32.SIZE, magnitude.length);
    bytes.write(padded, magnitude.length, Bytes32.SIZE);
    return this;
  }

  AbiWords word(long value) {
    return word(BigInteger.valueOf(value));
  }

  AbiWords word(Wei value) {
    return word(value.amount());
  }

  AbiWords word(Address value) {
    return word(new BigInteger(1, value.toByteArray()));
  }

  /** The length of an array, and its elements. */
  AbiWords array(List<Bytes32> values) {
    word(values.size());
    values.forEach(this::word);
    return this;
  }

  /** The length of a string of bytes, and the bytes, filled up to whole words. */
  AbiWords array(byte[] value) {
    word(value.length);
    bytes.writeBytes(Arrays.copyOf(value, Math.ceilDiv(value.length, Bytes32.SIZE) * Bytes32.SIZE));
    return this;
  }

  int size() {
    return bytes.size();
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /** Hash of a signature: an event's first topic. */
  static Bytes32 topic(String signature) {
    return Keccak256.hash(signature.getBytes(StandardCharsets.UTF_8));
  }

  /** The first four bytes of that: what a call or error begins with. */
  static byte[] selector(String signature) {
    return Arrays.copyOf(topic(signature).toByteArray(), 4);
  }
}
