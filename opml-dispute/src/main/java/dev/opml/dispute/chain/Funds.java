package dev.opml.dispute.chain;

import dev.opml.dispute.Wei;

/**
 * The money of an account.
 *
 * @param balance what it holds outside the arbiter
 * @param credit what it can withdraw from the arbiter
 */
public record Funds(Wei balance, Wei credit) {
  /** No money. */
  public static final Funds NONE = new Funds(Wei.ZERO, Wei.ZERO);
}
