package dev.opml.dispute.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A journal that does not outlive the process: for tests and for an arbiter that does not either.
 */
public final class MemoryJournal implements Journal {
  private final Map<Long, Intent> pending = new TreeMap<>();
  private long next;

  /** An empty journal. */
  public MemoryJournal() {
    this.next = 0;
  }

  /** The number that the next intent gets. */
  synchronized long next() {
    return next;
  }

  @Override
  public synchronized long begin(Intent intent) {
    pending.put(next, intent);
    return next++;
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
    List<PendingIntent> list = new ArrayList<>();
    pending.forEach((sequence, intent) -> list.add(new PendingIntent(sequence, intent)));
    return list;
  }

  @Override
  public void close() {}
}
