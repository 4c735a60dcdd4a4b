package dev.opml.dispute.chain;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Sends the transactions of one account. What they cost, and at what price one that waits for long
 * is offered again, is its own business. Calls block; they may be interrupted. Safe for use by many
 * threads.
 */
public interface ChainWriter {
  /** The account. */
  Address account();

  /**
   * Makes a transaction with the account's next free nonce. It is not sent, but its hash and nonce
   * are known, and can be written down before it is.
   */
  Transaction sign(ArbiterCall call);

  /** Sends a transaction, and returns before it is included. To send it again does nothing. */
  void broadcast(Transaction transaction);

  /**
   * Gives the nonce of a transaction back, if it was not sent, or takes it for a transaction that
   * does nothing. If one with this nonce was included, or signed by this writer since, nothing
   * changes. Needs no more than what can be written down before a transaction is sent, so that the
   * writer of a later process can do it.
   *
   * @param transaction its hash
   * @param nonce its nonce
   */
  void cancel(TransactionHash transaction, long nonce);

  /** Asks what has become of a transaction. */
  TransactionOutcome outcome(TransactionHash hash);

  /**
   * Waits until a transaction has taken effect in the newest block or before. A look that fails is
   * followed by the next.
   *
   * @param patience how long at most
   * @throws dev.opml.dispute.ArbiterRefusedException if it was refused
   * @throws TransactionReplacedException if another took its nonce
   * @throws TransactionTimeoutException if it took longer; it may still be included
   * @throws CancellationException if the thread is interrupted, which it then stays
   */
  default Receipt await(TransactionHash hash, Duration patience) {
    return new Sending(hash, Optional.empty()).await(this::outcome, patience);
  }
}
