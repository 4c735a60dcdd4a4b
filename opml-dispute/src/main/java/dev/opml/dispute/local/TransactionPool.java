package dev.opml.dispute.local;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.internal.Preimage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last transactions of the chain in this process: each is included when it is sent. Guarded by
 * the arbiter's lock.
 */
final class TransactionPool {
  private static final int MOST = 4096;

  private final Map<Address, Long> nonces = new HashMap<>();
  private final Map<TransactionHash, TransactionOutcome> outcomes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TransactionHash, TransactionOutcome> eldest) {
          return size() > MOST;
        }
      };

  Transaction sign(Address sender, ArbiterCall call) {
    long nonce = nonces.merge(sender, 1L, Long::sum) - 1;
    return new Transaction(hash(sender, nonce), nonce, call);
  }

  private static TransactionHash hash(Address sender, long nonce) {
    return new TransactionHash(new Preimage().raw(sender.toByteArray()).u64(nonce).keccak());
  }

  /** Whether a transaction has come to its end. */
  boolean isOver(TransactionHash hash) {
    return outcomes.containsKey(hash);
  }

  void end(TransactionHash hash, TransactionOutcome outcome) {
    outcomes.put(hash, outcome);
  }

  TransactionOutcome outcome(TransactionHash hash) {
    return outcomes.getOrDefault(hash, new TransactionOutcome.Unknown());
  }

  /** Makes sure that a transaction is not included, and returns what has become of it. */
  TransactionOutcome cancel(TransactionHash hash) {
    return outcomes.computeIfAbsent(hash, TransactionOutcome.Replaced::new);
  }
}
