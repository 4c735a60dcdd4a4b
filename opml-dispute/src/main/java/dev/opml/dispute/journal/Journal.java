package dev.opml.dispute.journal;

import dev.opml.dispute.ClaimId;
import java.util.List;
import java.util.Optional;

/**
 * A write-ahead journal. It tells, after a crash, which transactions may be under way, and it keeps
 * the answers whose seals wait to be opened. No decision depends on it: without it the same is
 * found out on the chain, and computed again. Safe for use by many threads; the methods that only
 * read never wait for a disk.
 */
public interface Journal extends AutoCloseable {
  /**
   * Records that a transaction is about to be sent; durable when this returns.
   *
   * @return its number
   */
  long begin(Intent intent);

  /**
   * Records the transaction that is about to be sent for an intent, so that it can be looked up;
   * durable when this returns.
   *
   * @throws IllegalArgumentException if {@code sequence} is not pending
   */
  void sent(long sequence, SentTransaction transaction);

  /**
   * Records what became of it.
   *
   * @throws IllegalArgumentException if {@code sequence} is not pending
   */
  void end(long sequence, Outcome outcome);

  /** Intents without an outcome, oldest first. */
  List<PendingIntent> pending();

  /**
   * Keeps an answer, instead of one kept for the same claim before; durable when this returns. To
   * keep the same one again does nothing.
   */
  void keep(SealedAnswer answer);

  /** Forgets the answer of a claim; does nothing if there is none. */
  void drop(ClaimId claim);

  /** The answer kept for a claim. */
  Optional<SealedAnswer> kept(ClaimId claim);

  /** All answers that are kept, oldest first. */
  List<SealedAnswer> kept();

  /** Releases the journal. */
  @Override
  void close();
}
