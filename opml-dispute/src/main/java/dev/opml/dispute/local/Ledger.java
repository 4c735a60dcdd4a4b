package dev.opml.dispute.local;

import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import java.util.HashMap;
import java.util.Map;

/** Balances, credits, and money that the arbiter holds. Guarded by the arbiter's lock. */
final class Ledger {
  private final Map<Address, Wei> balances = new HashMap<>();
  private final Map<Address, Wei> credits = new HashMap<>();
  private Wei minted = Wei.ZERO;
  private Wei locked = Wei.ZERO;
  private Wei burnt = Wei.ZERO;

  Wei balance(Address account) {
    return balances.getOrDefault(account, Wei.ZERO);
  }

  Wei creditOf(Address account) {
    return credits.getOrDefault(account, Wei.ZERO);
  }

  void mint(Address account, Wei amount) {
    minted = minted.plus(amount);
    balances.merge(account, amount, Wei::plus);
  }

  /** Takes money from an account's balance into the arbiter, or refuses. */
  void lock(Address account, Wei amount) {
    Wei balance = balance(account);
    ArbiterRefusedException.require(
        !balance.isLessThan(amount),
        Refusal.INSUFFICIENT_FUNDS,
        account + " has " + balance + " of " + amount);
    balances.put(account, balance.minus(amount));
    locked = locked.plus(amount);
  }

  /** Lets an account withdraw money that the arbiter holds. */
  void credit(Address account, Wei amount) {
    locked = locked.minus(amount);
    credits.merge(account, amount, Wei::plus);
  }

  void burn(Wei amount) {
    locked = locked.minus(amount);
    burnt = burnt.plus(amount);
  }

  Wei withdraw(Address account) {
    Wei amount = creditOf(account);
    // Zeroed before it is paid, as a contract must do it.
    credits.remove(account);
    balances.merge(account, amount, Wei::plus);
    return amount;
  }

  MoneyTotals totals() {
    return new MoneyTotals(
        minted,
        balances.values().stream().reduce(Wei.ZERO, Wei::plus),
        credits.values().stream().reduce(Wei.ZERO, Wei::plus),
        locked,
        burnt);
  }
}
