package dev.opml.ethereum.rpc;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Wei;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A transaction with an EIP-1559 fee, as an endpoint tells it: nothing of it is checked.
 *
 * @param nonce place among its sender's transactions
 * @param tip most for who makes the block
 * @param most most for a unit of gas, at least the tip
 * @param gas most gas that it may take
 * @param message the call
 * @param r the signature's first number
 * @param s its second number
 * @param oddY whether the y of the signature's point is odd
 */
public record NodeTransaction(
    long nonce, Wei tip, Wei most, long gas, Message message, Bytes32 r, Bytes32 s, boolean oddY) {
  private static final long TYPE = 2;

  /** Reads one; empty if it has a fee of another kind, or creates a contract. */
  static Optional<NodeTransaction> read(Answer answer) {
    boolean hasTip = answer.optional("type").filter(it -> it.number() == TYPE).isPresent();
    if (!hasTip || answer.optional("to").isEmpty()) {
      return Optional.empty();
    }
    Message message =
        new Message(
            answer.field("from").address(),
            answer.field("to").address(),
            answer.field("value").wei(),
            HexFormat.of().formatHex(answer.field("input").bytes()));
    Wei tip = answer.field("maxPriorityFeePerGas").wei();
    Wei most = answer.field("maxFeePerGas").wei();
    if (most.isLessThan(tip)) {
      throw answer.field("maxFeePerGas").wrong("at least the tip");
    }
    return Optional.of(
        new NodeTransaction(
            answer.field("nonce").number(),
            tip,
            most,
            answer.field("gas").number(),
            message,
            word(answer.field("r")),
            word(answer.field("s")),
            answer.field("v").number() == 1));
  }

  /** A number that may have fewer digits than a word. */
  private static Bytes32 word(Answer answer) {
    BigInteger number = answer.wei().amount();
    byte[] digits = HexFormat.of().parseHex("%064x".formatted(number));
    return Bytes32.of(digits);
  }
}
