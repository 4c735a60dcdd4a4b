package dev.opml.dispute.local;

import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Funds;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Balances, credits, and money that the arbiter holds; what accounts had is remembered. Guarded by
 * the arbiter's lock.
 */
final class Ledger {
  /** Money of each account after each change that touched it. */
  private final Map<Address, NavigableMap<Long, Funds>> funds = new HashMap<>();

  /** The number of the change under way. */
  private long change = 1;

  private Wei minted = Wei.ZERO;
  private Wei locked = Wei.ZERO;
  private Wei burnt = Wei.ZERO;

  /** Begins the next change. */
  void commit() {
    change++;
  }

  /** Money of an account after a change. */
  Funds funds(Address account, long after) {
    return Optional.ofNullable(funds.get(account))
        .map(history -> history.floorEntry(after))
        .map(Map.Entry::getValue)
        .orElse(Funds.NONE);
  }

  private Funds funds(Address account) {
    return funds(account, change);
  }

  private void set(Address account, Wei balance, Wei credit) {
    funds.computeIfAbsent(account, _ -> new TreeMap<>()).put(change, new Funds(balance, credit));
  }

  void mint(Address account, Wei amount) {
    Funds before = funds(account);
    minted = minted.plus(amount);
    set(account, before.balance().plus(amount), before.credit());
  }

  /** Takes money from an account's balance into the arbiter, or refuses. */
  void lock(Address account, Wei amount) {
    Funds before = funds(account);
    ArbiterRefusedException.require(
        !before.balance().isLessThan(amount),
        Refusal.INSUFFICIENT_FUNDS,
        account + " has " + before.balance() + " of " + amount);
    set(account, before.balance().minus(amount), before.credit());
    locked = locked.plus(amount);
  }

  /** Lets an account withdraw money that the arbiter holds. */
  void credit(Address account, Wei amount) {
    Funds before = funds(account);
    locked = locked.minus(amount);
    set(account, before.balance(), before.credit().plus(amount));
  }

  void burn(Wei amount) {
    locked = locked.minus(amount);
    burnt = burnt.plus(amount);
  }

  Wei withdraw(Address account) {
    Funds before = funds(account);
    // Zeroed together with the payment, as a contract must do it before.
    set(account, before.balance().plus(before.credit()), Wei.ZERO);
    return before.credit();
  }

  MoneyTotals totals() {
    return new MoneyTotals(minted, sum(Funds::balance), sum(Funds::credit), locked, burnt);
  }

  private Wei sum(Function<Funds, Wei> part) {
    return funds.values().stream()
        .map(history -> part.apply(history.lastEntry().getValue()))
        .reduce(Wei.ZERO, Wei::plus);
  }
}
