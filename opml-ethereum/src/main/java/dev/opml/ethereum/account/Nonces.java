package dev.opml.ethereum.account;

import java.util.TreeSet;

/** Gives each transaction of an account a nonce of its own. Safe for use by many threads. */
public final class Nonces {
  private final TreeSet<Long> free = new TreeSet<>();
  private long next;

  /**
   * The lowest nonce that is free.
   *
   * @param waiting number of the account's transactions that an endpoint knows
   */
  public synchronized long take(long waiting) {
    free.headSet(waiting).clear(); // somebody else has used them
    Long freed = free.pollFirst();
    if (freed != null) {
      return freed;
    }
    next = Math.max(next, waiting);
    return next++;
  }

  /**
   * Gives back a nonce whose transaction was not sent, if it is the highest.
   *
   * @return false if it is not: then transactions with higher ones wait for it
   */
  public synchronized boolean giveBackLast(long nonce) {
    boolean isLast = nonce == next - 1;
    next = isLast ? nonce : next;
    return isLast;
  }

  /** Gives back a nonce with which there is no transaction: whoever is next takes it. */
  public synchronized void giveBack(long nonce) {
    if (!giveBackLast(nonce)) {
      free.add(nonce);
    }
  }
}
