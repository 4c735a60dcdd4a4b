package dev.opml.ethereum;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Map of the entries that were used last, up to a number. Safe for use by many threads. */
final class Recently<K, V> {
  private final Map<K, V> values;

  Recently(int most) {
    this.values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(values.get(key));
  }

  synchronized void put(K key, V value) {
    values.put(key, value);
  }
}
