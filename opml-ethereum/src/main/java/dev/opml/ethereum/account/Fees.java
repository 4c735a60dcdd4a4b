package dev.opml.ethereum.account;

import dev.opml.dispute.Wei;

/**
 * Price that a transaction offers for a unit of gas (EIP-1559).
 *
 * @param tip most for who makes the block
 * @param most most altogether, at least the tip
 */
public record Fees(Wei tip, Wei most) {
  /** Checks the order. */
  public Fees {
    if (most.isLessThan(tip)) {
      throw new IllegalArgumentException("a tip of " + tip + " of at most " + most);
    }
  }
}
