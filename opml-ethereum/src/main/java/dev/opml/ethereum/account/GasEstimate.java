package dev.opml.ethereum.account;

import dev.opml.api.OpmlException;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.ethereum.abi.RefusalErrors;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gas that a call may take: what an endpoint says and half as much again, because another call may
 * come before, within bounds that no endpoint can move. What is not used costs nothing, but has to
 * be there.
 */
final class GasEstimate {
  /** Most gas of a transaction (EIP-7825). */
  private static final long MOST = 1 << 24;

  /** Allowed at least, whatever an endpoint says, and for each byte of the call: its price. */
  private static final long LEAST = 100_000;

  private static final long LEAST_FOR_A_BYTE = 40;

  /** Allowed at most: several times what any call takes beside what its bytes do. */
  private static final long ENOUGH = 2_000_000;

  /** And for each byte: the dearest are short choices that may be followed by 16 stop tokens. */
  private static final long ENOUGH_FOR_A_BYTE = 250;

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
    try {
      long most = Collections.max(nodes.gather(node -> node.estimateGas(message)));
      long bounded = Math.min(most, MOST);
      long bytes = message.data().length() / 2;
      long enough = Math.min(MOST, ENOUGH + ENOUGH_FOR_A_BYTE * bytes);
      long least = Math.min(enough, LEAST + LEAST_FOR_A_BYTE * bytes);
      return Math.clamp(bounded + bounded / 2, least, enough);
    } catch (EthereumRpcException e) {
      throw refused(e);
    }
  }

  /**
   * The refusal by the contract, or by the node, which asks it only if the account has the money.
   */
  private static Optional<Refusal> refusal(EthereumRpcException failure) {
    return failure.saysInsufficientFunds()
        ? Optional.of(Refusal.INSUFFICIENT_FUNDS)
        : failure.revertData().flatMap(RefusalErrors::decode);
  }

  /** The refusal that one of the endpoints says, which have all failed. */
  private static OpmlException refused(EthereumRpcException failure) {
    return Stream.concat(Stream.of(failure), Arrays.stream(failure.getSuppressed()))
        .filter(EthereumRpcException.class::isInstance)
        .flatMap(it -> refusal((EthereumRpcException) it).stream())
        .findFirst()
        .<OpmlException>map(it -> new ArbiterRefusedException(it, failure))
        .orElse(failure);
  }
}
