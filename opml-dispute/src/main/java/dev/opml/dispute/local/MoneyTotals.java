package dev.opml.dispute.local;

import dev.opml.dispute.Wei;

/**
 * Where all the money is. {@code minted} always equals the sum of the others.
 *
 * @param minted everything that accounts were ever given
 * @param balances outside the arbiter
 * @param credits waiting for withdrawal
 * @param locked in bonds, fees and quotas
 * @param burnt gone
 */
public record MoneyTotals(Wei minted, Wei balances, Wei credits, Wei locked, Wei burnt) {
  /** Whether no money appeared or vanished. */
  public boolean conserved() {
    return balances.plus(credits).plus(locked).plus(burnt).equals(minted);
  }
}
