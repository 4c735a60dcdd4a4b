package dev.opml.ethereum.account;

import dev.opml.dispute.TransactionHash;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last attempts, by the hash of each of their versions. Safe for use by many threads. */
final class Attempts {
  private static final int MOST = 4096;

  private final Map<TransactionHash, Attempt> byVersion = new HashMap<>();
  private final Map<TransactionHash, Attempt> byFirst =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TransactionHash, Attempt> eldest) {
          boolean remove = size() > MOST;
          if (remove) {
            eldest.getValue().versions().forEach(it -> byVersion.remove(it.signed().hash()));
          }
          return remove;
        }
      };

  synchronized Attempt begin(SignedTransaction first) {
    Attempt attempt = new Attempt(first);
    byVersion.put(first.hash(), attempt);
    byFirst.put(first.hash(), attempt);
    return attempt;
  }

  synchronized void add(Attempt attempt, Attempt.Version version) {
    attempt.add(version);
    byVersion.put(version.signed().hash(), attempt);
  }

  synchronized Optional<Attempt> find(TransactionHash version) {
    return Optional.ofNullable(byVersion.get(version));
  }
}
