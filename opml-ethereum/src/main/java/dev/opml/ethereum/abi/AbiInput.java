package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the components of a tuple in their order. Nothing is allocated before the bytes are known
 * to be there, so what is read is never larger than what came. Not thread-safe.
 */
public final class AbiInput {
  private static final int ADDRESS_BITS = 160;

  private final byte[] data;
  private final int base;
  private int at;

  /** Reads arguments that begin with the array. */
  public AbiInput(byte[] data) {
    this(data, 0);
  }

  private AbiInput(byte[] data, int base) {
    this.data = data;
    this.base = base;
    this.at = base;
  }

  /** The next 32 bytes. */
  public Bytes32 word() {
    requireLeft(Bytes32.SIZE);
    Bytes32 word = Bytes32.read(data, at);
    at += Bytes32.SIZE;
    return word;
  }

  /**
   * The next number.
   *
   * @param bits most bits that it may have, 1 to 64; of 64, the highest is the result's sign
   */
  public long unsigned(int bits) {
    Bytes32 word = word();
    boolean high = (word.word0() | word.word1() | word.word2()) != 0;
    if (high || (bits < Long.SIZE && word.word3() >>> bits != 0)) {
      throw new MalformedAbiException(word + " has more than " + bits + " bits");
    }
    return word.word3();
  }

  /** The next amount. */
  public Wei wei() {
    return new Wei(new BigInteger(1, word().toByteArray()));
  }

  /** The next account. */
  public Address address() {
    return address(word());
  }

  /** The account in a word. */
  static Address address(Bytes32 word) {
    if (word.word0() != 0 || word.word1() >>> (ADDRESS_BITS - 128) != 0) {
      throw new MalformedAbiException(word + " is no account");
    }
    return new Address((int) word.word1(), word.word2(), word.word3());
  }

  /** The next structure that has dynamic components. */
  public AbiInput tuple() {
    long offset = unsigned(Integer.SIZE - 1);
    if (offset > data.length - base) {
      throw new MalformedAbiException("offset " + offset + " of " + (data.length - base));
    }
    return new AbiInput(data, base + (int) offset);
  }

  /** The next bytes of any length. */
  public byte[] bytes() {
    AbiInput tail = tuple();
    long length = tail.unsigned(Integer.SIZE - 1);
    tail.requireLeft(length);
    return Arrays.copyOfRange(data, tail.at, tail.at + (int) length);
  }

  /** The next text; what is not UTF-8 becomes U+FFFD. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** The next list of words. */
  public List<Bytes32> words() {
    AbiInput tail = tuple();
    int count = tail.count(1);
    List<Bytes32> words = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      words.add(tail.word());
    }
    return words;
  }

  /**
   * Length of a list whose elements follow.
   *
   * @param words size of an element
   */
  int count(int words) {
    long count = unsigned(Integer.SIZE - 1);
    requireLeft(count * words * Bytes32.SIZE);
    return (int) count;
  }

  private void requireLeft(long bytes) {
    if (bytes > data.length - at) {
      throw new MalformedAbiException(
          bytes + " bytes at " + at + " of " + data.length + " are not there");
    }
  }
}
