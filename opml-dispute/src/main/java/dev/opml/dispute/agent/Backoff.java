package dev.opml.dispute.agent;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what was refused from being tried again in the same block, and for twice as long each time.
 * Remembers the last few thousand. Thread-safe.
 *
 * @param <K> what is tried
 */
final class Backoff<K> {
  private static final int MOST = 4096;
  private static final int MOST_DOUBLINGS = 4;

  private record Refused(int times, long until) {}

  private final long seconds;
  private final Map<K, Refused> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Refused> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Makes one.
   *
   * @param seconds first pause; the longest is 16 times that
   */
  Backoff(long seconds) {
    this.seconds = seconds;
  }

  /** Whether something may be tried at a time, in seconds since 1970. */
  synchronized boolean allows(K key, long now) {
    Refused last = refused.get(key);
    return last == null || now >= last.until();
  }

  synchronized void refused(K key, long now) {
    Refused last = refused.remove(key);
    int times = last == null ? 0 : Math.min(last.times() + 1, MOST_DOUBLINGS);
    refused.put(key, new Refused(times, now + (seconds << times)));
  }

  synchronized void accepted(K key) {
    refused.remove(key);
  }
}
