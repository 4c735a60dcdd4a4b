package dev.opml.ethereum.account;

import dev.opml.dispute.TransactionHash;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Attempts: those that are open, by their nonces, and the last ones, by the hash of each of their
 * versions. Safe for use by many threads.
 */
final class Attempts {
  private static final int MOST = 4096;

  private final TreeMap<Long, Attempt> open = new TreeMap<>();
  private final Map<TransactionHash, Attempt> byVersion = new HashMap<>();

  /** Those that have ended, oldest first. */
  private final LinkedHashMap<Attempt, Boolean> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Attempt, Boolean> eldest) {
          boolean remove = size() > MOST;
          if (remove) {
            forget(eldest.getKey());
          }
          return remove;
        }
      };

  synchronized Attempt begin(Attempt.Version first) {
    Attempt attempt = new Attempt(first);
    open.put(attempt.nonce(), attempt);
    byVersion.put(first.signed().hash(), attempt);
    return attempt;
  }

  synchronized void add(Attempt attempt, Attempt.Version version) {
    attempt.add(version);
    byVersion.put(version.signed().hash(), attempt);
  }

  synchronized Optional<Attempt> find(TransactionHash version) {
    return Optional.ofNullable(byVersion.get(version));
  }

  /** The open attempt that all others wait for. */
  synchronized Optional<Attempt> lowest() {
    return open.values().stream().filter(Attempt::isSent).findFirst();
  }

  /**
   * Ends an attempt; it can still be found.
   *
   * @return whether it was open
   */
  synchronized boolean end(Attempt attempt) {
    boolean wasOpen = open.remove(attempt.nonce(), attempt);
    if (wasOpen) {
      ended.put(attempt, true);
    }
    return wasOpen;
  }

  private void forget(Attempt attempt) {
    attempt.versions().forEach(it -> byVersion.remove(it.signed().hash(), attempt));
  }
}
