package dev.opml.dispute.journal;

import dev.opml.dispute.ClaimId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A journal that does not outlive the process: for tests and for an arbiter that does not either.
 */
public final class MemoryJournal implements Journal {
  private final TreeMap<Long, PendingIntent> pending = new TreeMap<>();
  private final Map<ClaimId, SealedAnswer> kept = new LinkedHashMap<>();
  private long next;

  /** An empty journal. */
  public MemoryJournal() {
    this(0);
  }

  /** An empty journal whose next intent gets the number {@code next}. */
  MemoryJournal(long next) {
    this.next = next;
  }

  /** The number that the next intent gets. */
  synchronized long next() {
    return next;
  }

  @Override
  public synchronized long begin(Intent intent) {
    pending.put(next, new PendingIntent(next, intent, Optional.empty()));
    return next++;
  }

  /**
   * Takes in an intent that had no outcome when an earlier journal was compacted.
   *
   * @throws IllegalArgumentException if it is not later than the pending ones, and earlier than the
   *     next
   */
  synchronized void restore(long sequence, Intent intent) {
    if (sequence < 0 || sequence >= next || (!pending.isEmpty() && sequence <= pending.lastKey())) {
      throw new IllegalArgumentException("intent " + sequence + " is out of order");
    }
    pending.put(sequence, new PendingIntent(sequence, intent, Optional.empty()));
  }

  @Override
  public synchronized void sent(long sequence, SentTransaction transaction) {
    requirePending(sequence);
    pending.computeIfPresent(
        sequence, (_, it) -> new PendingIntent(sequence, it.intent(), Optional.of(transaction)));
  }

  @Override
  public synchronized void end(long sequence, Outcome outcome) {
    requirePending(sequence);
    pending.remove(sequence);
  }

  synchronized void requirePending(long sequence) {
    if (!pending.containsKey(sequence)) {
      throw new IllegalArgumentException("intent " + sequence + " is not pending");
    }
  }

  @Override
  public synchronized List<PendingIntent> pending() {
    return List.copyOf(pending.values());
  }

  @Override
  public synchronized void keep(SealedAnswer answer) {
    kept.put(answer.claim(), answer);
  }

  @Override
  public synchronized void drop(ClaimId claim) {
    kept.remove(claim);
  }

  @Override
  public synchronized Optional<SealedAnswer> kept(ClaimId claim) {
    return Optional.ofNullable(kept.get(claim));
  }

  @Override
  public synchronized List<SealedAnswer> kept() {
    return List.copyOf(kept.values());
  }

  @Override
  public void close() {}
}
