package dev.opml.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A value that an endpoint gave, read as what it has to be.
 *
 * @param node the value
 * @param path where it is, for people
 * @param malformed what is thrown if it is something else
 */
record Answer(JsonNode node, String path, Function<String, EthereumRpcException> malformed) {
  private static final int WORD_DIGITS = 2 * Bytes32.SIZE;
  private static final int LONG_DIGITS = 2 * Long.BYTES;

  boolean isNull() {
    return node.isNull();
  }

  Optional<Answer> present() {
    return node.isNull() ? Optional.empty() : Optional.of(this);
  }

  /** A field, which has to be there; it may be null. */
  Answer field(String name) {
    JsonNode field = node.isObject() ? node.get(name) : null;
    if (field == null) {
      throw wrong("an object with the field " + name);
    }
    return new Answer(field, path + "." + name, malformed);
  }

  /** A field that may be missing, or null. */
  Optional<Answer> optional(String name) {
    JsonNode field = node.isObject() ? node.get(name) : null;
    return field == null || field.isNull() ? Optional.empty() : Optional.of(field(name));
  }

  List<Answer> list(int most) {
    if (!node.isArray() || node.size() > most) {
      throw wrong("a list of at most " + most);
    }
    List<Answer> list = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      list.add(new Answer(node.get(i), path + "[" + i + "]", malformed));
    }
    return list;
  }

  boolean isTrue() {
    return node.isBoolean() && node.booleanValue();
  }

  /** A number below 2^63. */
  long number() {
    BigInteger number = quantity(LONG_DIGITS);
    if (number.bitLength() >= Long.SIZE) {
      throw wrong("a number below 2^63");
    }
    return number.longValue();
  }

  Wei wei() {
    return new Wei(quantity(WORD_DIGITS));
  }

  private BigInteger quantity(int mostDigits) {
    String digits = digits("a number");
    boolean fits = !digits.isEmpty() && digits.length() <= mostDigits;
    if (!fits || !digits.chars().allMatch(HexFormat::isHexDigit)) {
      throw wrong("a number of up to " + mostDigits + " hexadecimal digits");
    }
    return new BigInteger(digits, 16);
  }

  byte[] bytes() {
    try {
      return HexFormat.of().parseHex(digits("bytes"));
    } catch (IllegalArgumentException _) {
      throw wrong("bytes");
    }
  }

  Bytes32 word() {
    byte[] bytes = bytes();
    if (bytes.length != Bytes32.SIZE) {
      throw wrong("32 bytes");
    }
    return Bytes32.of(bytes);
  }

  BlockHash blockHash() {
    return new BlockHash(word());
  }

  TransactionHash transactionHash() {
    return new TransactionHash(word());
  }

  Address address() {
    String digits = digits("an account");
    try {
      return Address.fromHex(digits);
    } catch (IllegalArgumentException _) {
      throw wrong("an account");
    }
  }

  private String digits(String what) {
    String text = node.isTextual() ? node.textValue() : "";
    if (!text.startsWith("0x")) {
      throw wrong(what);
    }
    return text.substring(2);
  }

  EthereumRpcException wrong(String expected) {
    String found = node.isContainerNode() ? node.getNodeType().toString() : node.asText();
    String start = found.substring(0, Math.min(found.length(), 80));
    return malformed.apply(path + " is not " + expected + ": " + start);
  }
}
