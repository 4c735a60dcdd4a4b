package dev.opml.dispute.agent;

import dev.opml.dispute.chain.ArbiterParameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what was refused, or has failed, from being tried again at once, and for twice as long each
 * time. Remembers the last few thousand. Thread-safe.
 *
 * @param <K> what is tried
 */
final class Backoff<K> {
  private static final int MOST = 4096;
  private static final int MOST_DOUBLINGS = 30;

  private record Refused(int times, long until) {}

  private final long first;
  private final long longest;
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
   * @param first first pause in seconds
   * @param longest longest pause in seconds
   */
  Backoff(long first, long longest) {
    this.first = Math.min(first, longest);
    this.longest = longest;
  }

  /**
   * The first pause of a deployment, in seconds: a block's time, but not more than a move may take,
   * because a block may stand for much more time than it usually takes.
   */
  static long firstPause(ArbiterParameters parameters) {
    return Math.min(parameters.blockSeconds(), parameters.clocks().secondsPerMove());
  }

  /** Whether something may be tried at a time, in seconds since 1970. */
  synchronized boolean allows(K key, long now) {
    Refused last = refused.get(key);
    return last == null || now >= last.until();
  }

  /** Whether something was refused, and not accepted since. */
  synchronized boolean wasRefused(K key) {
    return refused.containsKey(key);
  }

  synchronized void refused(K key, long now) {
    Refused last = refused.remove(key);
    int times = last == null ? 0 : Math.min(last.times() + 1, MOST_DOUBLINGS);
    refused.put(key, new Refused(times, now + Math.min(first << times, longest)));
  }

  synchronized void accepted(K key) {
    refused.remove(key);
  }
}
