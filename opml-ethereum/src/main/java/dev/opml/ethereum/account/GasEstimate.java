package dev.opml.ethereum.account;

import dev.opml.api.OpmlException;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.ethereum.abi.RefusalErrors;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gas that a call may take: what an endpoint says and half as much again, because another call may
 * come before. What is not used costs nothing.
 */
final class GasEstimate {
  /** Most gas of a transaction (EIP-7825). */
  private static final long MOST = 1 << 24;

  /** Least that is allowed: a call and its answer of a few hundred bytes. */
  private static final long LEAST = 100_000;

  private final Failover<TransactionNode> nodes;

  GasEstimate(Failover<TransactionNode> nodes) {
    this.nodes = nodes;
  }

  /**
   * Most gas for a call. All endpoints are asked, and the highest counts: too little loses a move,
   * and one that lags may take for refused what is not.
   *
   * @throws ArbiterRefusedException if no endpoint says what it takes, and one that it is refused
   */
  long of(Message message) {
    List<EthereumRpcException> failures = new ArrayList<>();
    long most = -1;
    for (TransactionNode node : nodes.all()) {
      try {
        most = Math.max(most, node.estimateGas(message));
      } catch (EthereumRpcException e) {
        failures.add(e);
      }
    }
    if (most < 0) {
      throw refused(failures);
    }
    long bounded = Math.min(most, MOST);
    return Math.clamp(bounded + bounded / 2, LEAST, MOST);
  }

  private static OpmlException refused(List<EthereumRpcException> failures) {
    for (EthereumRpcException failure : failures) {
      Optional<Refusal> refusal = failure.revertData().flatMap(RefusalErrors::decode);
      if (refusal.isPresent()) {
        return new ArbiterRefusedException(refusal.get(), failure);
      }
    }
    return failures.getFirst();
  }
}
