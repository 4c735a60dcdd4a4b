package dev.opml.examples.demo;

import dev.opml.dispute.Wei;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A difference of two amounts of money.
 *
 * @param wei in wei; negative for a loss
 */
public record Gain(BigInteger wei) {
  private static final int ETHER_DIGITS = 18;

  /** From one balance to another. */
  public static Gain between(Wei before, Wei after) {
    return new Gain(after.amount().subtract(before.amount()));
  }

  /** In ether, with its sign. */
  @Override
  public String toString() {
    String ether = ether(wei.abs());
    return switch (wei.signum()) {
      case 1 -> "+" + ether;
      case -1 -> "−" + ether;
      default -> ether;
    };
  }

  /** An amount in ether. */
  public static String ether(BigInteger wei) {
    return new BigDecimal(wei, ETHER_DIGITS).stripTrailingZeros().toPlainString() + " ether";
  }
}
