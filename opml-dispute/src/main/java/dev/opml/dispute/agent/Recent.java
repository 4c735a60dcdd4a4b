package dev.opml.dispute.agent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The most recent results of something that takes long. A cache only. Thread-safe; two threads may
 * compute the same result.
 */
final class Recent<K, V> {
  private static final int FEW = 64;

  private final int most;
  private final Map<K, V> results =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
              return size() > most;
            }
          });

  /** Keeps a few. */
  Recent() {
    this(FEW);
  }

  /**
   * Keeps the given number.
   *
   * @param most at least 1
   */
  Recent(int most) {
    this.most = most;
  }

  /** A result that is kept. */
  Optional<V> known(K key) {
    return Optional.ofNullable(results.get(key));
  }

  /** Keeps a result instead of the one before. */
  void put(K key, V result) {
    results.put(key, result);
  }

  V get(K key, Supplier<V> computation) {
    V known = results.get(key);
    if (known != null) {
      return known;
    }
    V computed = computation.get();
    results.put(key, computed);
    return computed;
  }
}
