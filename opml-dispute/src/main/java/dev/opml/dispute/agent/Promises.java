package dev.opml.dispute.agent;

import dev.opml.dispute.Wei;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Bonds that an account has not locked yet, but will for what is under way. Promise first, and read
 * the balance then: what ends in between is counted twice, and never not at all. Thread-safe.
 *
 * @param <K> for which a bond is promised
 */
final class Promises<K> {
  private final Map<K, Wei> bonds = new LinkedHashMap<>();

  /**
   * Promises a bond, unless it is promised already.
   *
   * @return what the account has to hold: this bond and those that were promised before it
   */
  synchronized Wei promise(K key, Wei bond) {
    bonds.putIfAbsent(key, bond);
    Wei needed = Wei.ZERO;
    for (Map.Entry<K, Wei> promised : bonds.entrySet()) {
      needed = needed.plus(promised.getValue());
      if (promised.getKey().equals(key)) {
        break;
      }
    }
    return needed;
  }

  /** Ends a promise: its bond is locked, or will not be. */
  synchronized void end(K key) {
    bonds.remove(key);
  }

  /** Ends all promises but those that a test keeps; reads nothing while others wait. */
  void retain(Predicate<K> keep) {
    for (K key : keys()) {
      if (!keep.test(key)) {
        end(key);
      }
    }
  }

  /** For which bonds are promised, in the order of the promises. */
  synchronized Set<K> keys() {
    return Collections.unmodifiableSet(new LinkedHashSet<>(bonds.keySet()));
  }
}
