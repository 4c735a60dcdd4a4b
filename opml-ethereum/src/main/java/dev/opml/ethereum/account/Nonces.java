package dev.opml.ethereum.account;

import java.util.TreeSet;

/**
 * Gives each transaction of an account a nonce of its own. Nothing is kept of what endpoints say:
 * after a lie the next nonce is again the lowest that is free, and so the gap below is filled. Safe
 * for use by many threads.
 */
final class Nonces {
  private final TreeSet<Long> taken = new TreeSet<>();

  /**
   * Takes the lowest nonce that is free.
   *
   * @param waiting number of the account's transactions that endpoints know
   */
  synchronized long take(long waiting) {
    long nonce = waiting;
    while (!taken.add(nonce)) {
      nonce++;
    }
    return nonce;
  }

  /**
   * Takes a nonce that another process has signed with.
   *
   * @return false if it is taken
   */
  synchronized boolean takeThis(long nonce) {
    return taken.add(nonce);
  }

  /** Frees a nonce with which there is no transaction, or one in a block. */
  synchronized void free(long nonce) {
    taken.remove(nonce);
  }

  /**
   * Frees a nonce, unless higher ones are taken: those wait for it.
   *
   * @return whether it is free
   */
  synchronized boolean freeLast(long nonce) {
    return taken.higher(nonce) == null && taken.remove(nonce);
  }
}
