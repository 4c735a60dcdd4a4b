package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Arguments of a function, or components of a structure, in their order. Static ones are laid out
 * in place; in the place of a dynamic one is its offset. Not thread-safe.
 */
public final class AbiTuple {
  private final List<byte[]> components = new ArrayList<>();
  private final BitSet dynamic = new BitSet();

  /** Adds 32 bytes. */
  public AbiTuple word(Bytes32 value) {
    return add(value.toByteArray(), false);
  }

  /** Adds a number, whose 64 bits are taken as unsigned. */
  public AbiTuple unsigned(long value) {
    return word(new Bytes32(0, 0, 0, value));
  }

  /** Adds 32 bits, taken as unsigned. */
  public AbiTuple unsigned(int value) {
    return unsigned(Integer.toUnsignedLong(value));
  }

  /**
   * Adds a number.
   *
   * @throws IllegalArgumentException if it is negative or needs more than 256 bits
   */
  public AbiTuple unsigned(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256: " + value);
    }
    return word(
        new Bytes32(
            value.shiftRight(192).longValue(),
            value.shiftRight(128).longValue(),
            value.shiftRight(64).longValue(),
            value.longValue()));
  }

  /** Adds an account. */
  public AbiTuple address(Address value) {
    return word(
        new Bytes32(0, Integer.toUnsignedLong(value.word0()), value.word1(), value.word2()));
  }

  /** Adds bytes of any length. */
  public AbiTuple bytes(byte[] value) {
    int padded = Math.ceilDiv(value.length, Bytes32.SIZE) * Bytes32.SIZE;
    ByteBuffer tail = ByteBuffer.allocate(Bytes32.SIZE + padded);
    return add(tail.put(number(value.length)).put(value).array(), true);
  }

  /** Adds a list of words. */
  public AbiTuple words(List<Bytes32> values) {
    ByteBuffer tail = ByteBuffer.allocate(Bytes32.SIZE * (1 + values.size()));
    tail.put(number(values.size()));
    values.forEach(value -> tail.put(value.toByteArray()));
    return add(tail.array(), true);
  }

  /**
   * Adds a list of structures.
   *
   * @throws IllegalArgumentException if one has a dynamic component
   */
  public AbiTuple list(List<AbiTuple> values) {
    byte[][] encoded = values.stream().map(AbiTuple::encode).toArray(byte[][]::new);
    if (values.stream().anyMatch(value -> !value.dynamic.isEmpty())) {
      throw new IllegalArgumentException("a list of dynamic structures");
    }
    ByteBuffer tail =
        ByteBuffer.allocate(Bytes32.SIZE + Arrays.stream(encoded).mapToInt(it -> it.length).sum());
    tail.put(number(values.size()));
    Arrays.stream(encoded).forEach(tail::put);
    return add(tail.array(), true);
  }

  /** Adds a structure; one without a dynamic component lies in place. */
  public AbiTuple tuple(AbiTuple value) {
    return add(value.encode(), !value.dynamic.isEmpty());
  }

  private AbiTuple add(byte[] component, boolean isDynamic) {
    dynamic.set(components.size(), isDynamic);
    components.add(component);
    return this;
  }

  private static byte[] number(int value) {
    return new Bytes32(0, 0, 0, value).toByteArray();
  }

  /** The encoding of all components. */
  public byte[] encode() {
    int head = 0;
    int all = 0;
    for (int i = 0; i < components.size(); i++) {
      int length = components.get(i).length;
      head += dynamic.get(i) ? Bytes32.SIZE : length;
      all += dynamic.get(i) ? Bytes32.SIZE + length : length;
    }
    ByteBuffer encoded = ByteBuffer.allocate(all);
    int tail = head;
    for (int i = 0; i < components.size(); i++) {
      byte[] component = components.get(i);
      if (dynamic.get(i)) {
        encoded.put(number(tail)).put(tail, component);
        tail += component.length;
      } else {
        encoded.put(component);
      }
    }
    return encoded.array();
  }
}
