package dev.opml.dispute.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Does something once for each key, however often it is asked, until the key is forgotten. Keeps as
 * many as there are: a number that it kept at the most would be a number from which on all are told
 * again and again. Thread-safe.
 *
 * @param <K> for which something is done once, such as a claim on the chain
 */
final class Once<K> {
  private final Set<K> done = ConcurrentHashMap.newKeySet();

  void run(K key, Runnable call) {
    if (done.add(key)) {
      call.run();
    }
  }

  /** Forgets all keys but those that a test keeps. */
  void retain(Predicate<K> keep) {
    done.removeIf(keep.negate());
  }
}
