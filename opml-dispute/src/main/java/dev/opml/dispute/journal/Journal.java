package dev.opml.dispute.journal;

import java.util.List;

/**
 * A write-ahead journal. Decisions never depend on it: it tells, after a crash, which transactions
 * may be under way. Safe for use by many threads.
 */
public interface Journal extends AutoCloseable {
  /**
   * Records that a transaction is about to be sent; durable when this returns.
   *
   * @return its number
   */
  long begin(Intent intent);

  /**
   * Records what became of it.
   *
   * @throws IllegalArgumentException if {@code sequence} is not pending
   */
  void end(long sequence, Outcome outcome);

  /** Intents without an outcome, oldest first. */
  List<PendingIntent> pending();

  /** Releases the journal. */
  @Override
  void close();
}
