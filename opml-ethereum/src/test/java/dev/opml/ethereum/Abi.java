package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.merkle.Keccak256;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Values as Solidity's ABI encodes them, written for tests only. */
sealed interface Abi {
  /** One word. */
  record Word(Bytes32 word) implements Abi {}

  /** {@code bytes} or {@code string}. */
  record Data(byte[] bytes) implements Abi {}

  /** A struct. */
  record Struct(List<Abi> fields) implements Abi {}

  /** An array whose length may be any. */
  record Array(List<? extends Abi> elements) implements Abi {}

  static Abi word(Bytes32 word) {
    return new Word(word);
  }

  static Abi number(long number) {
    return new Word(new Bytes32(number >> 63, number >> 63, number >> 63, number));
  }

  /** A number without sign. */
  static Abi unsigned(long number) {
    return new Word(new Bytes32(0, 0, 0, number));
  }

  static Abi number(BigInteger number) {
    byte[] word = new byte[Bytes32.SIZE];
    byte[] bytes = number.toByteArray();
    int length = Math.min(bytes.length, word.length);
    System.arraycopy(bytes, bytes.length - length, word, word.length - length, length);
    return new Word(Bytes32.of(word));
  }

  static Abi wei(Wei amount) {
    return number(amount.amount());
  }

  static Abi bool(boolean value) {
    return number(value ? 1 : 0);
  }

  static Abi address(Address account) {
    return new Word(
        new Bytes32(0, Integer.toUnsignedLong(account.word0()), account.word1(), account.word2()));
  }

  static Abi data(byte[] bytes) {
    return new Data(bytes);
  }

  static Abi struct(Abi... fields) {
    return new Struct(List.of(fields));
  }

  static Abi array(List<? extends Abi> elements) {
    return new Array(elements);
  }

  /** An array of words. */
  static Abi words(List<Bytes32> words) {
    return array(words.stream().map(Abi::word).toList());
  }

  private boolean isDynamic() {
    return switch (this) {
      case Word _ -> false;
      case Data _, Array _ -> true;
      case Struct(var fields) -> fields.stream().anyMatch(Abi::isDynamic);
    };
  }

  private byte[] encoded() {
    return switch (this) {
      case Word(var word) -> word.toByteArray();
      case Data(var bytes) ->
          concat(
              number(bytes.length).encoded(),
              Arrays.copyOf(bytes, Math.ceilDiv(bytes.length, Bytes32.SIZE) * Bytes32.SIZE));
      case Struct(var fields) -> encode(fields);
      case Array(var elements) -> concat(number(elements.size()).encoded(), encode(elements));
    };
  }

  private static byte[] encode(List<? extends Abi> elements) {
    List<Abi> values = List.copyOf(elements);
    List<byte[]> encodings = values.stream().map(Abi::encoded).toList();
    int tail = 0;
    for (int i = 0; i < values.size(); i++) {
      tail += values.get(i).isDynamic() ? Bytes32.SIZE : encodings.get(i).length;
    }
    ByteArrayOutputStream heads = new ByteArrayOutputStream();
    ByteArrayOutputStream tails = new ByteArrayOutputStream();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isDynamic()) {
        heads.writeBytes(number(tail + tails.size()).encoded());
        tails.writeBytes(encodings.get(i));
      } else {
        heads.writeBytes(encodings.get(i));
      }
    }
    return concat(heads.toByteArray(), tails.toByteArray());
  }

  /** Values as {@code abi.encode} has them. */
  static byte[] encode(Abi... values) {
    return encode(Arrays.asList(values));
  }

  /** A call of a function, which its signature names. */
  static byte[] call(String signature, Abi... arguments) {
    return concat(selector(signature), encode(arguments));
  }

  /** First four bytes of a call, or of an error. */
  static byte[] selector(String signature) {
    return Arrays.copyOf(hash(signature).toByteArray(), Integer.BYTES);
  }

  static Bytes32 hash(String signature) {
    return Keccak256.hash(signature.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }
}
