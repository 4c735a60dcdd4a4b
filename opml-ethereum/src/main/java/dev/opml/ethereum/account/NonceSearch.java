package dev.opml.ethereum.account;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.Optional;

/**
 * Finds the transaction that took a nonce, when it is none that was signed here. No method of a
 * node tells it, so the block is searched for in which the number of the account's transactions
 * passes the nonce.
 */
final class NonceSearch {
  /** Blocks that are searched: nodes that keep no history know the accounts in the last 128. */
  private static final long DEPTH = 100;

  private final Address account;

  NonceSearch(Address account) {
    this.account = account;
  }

  /**
   * The transaction with a nonce.
   *
   * @return empty if no block has one, or it is too deep
   */
  Optional<TransactionHash> find(TransactionNode node, long nonce) {
    long newest = node.newestBlock();
    if (node.included(account, newest) <= nonce) {
      return Optional.empty();
    }
    long without = Math.max(0, newest - DEPTH);
    if (node.included(account, without) > nonce) {
      return Optional.empty();
    }
    long with = newest;
    while (with - without > 1) {
      long middle = (with + without) >>> 1;
      if (node.included(account, middle) > nonce) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return node.find(account, nonce, with);
  }
}
