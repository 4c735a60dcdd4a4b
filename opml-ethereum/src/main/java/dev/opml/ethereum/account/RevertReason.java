package dev.opml.ethereum.account;

import dev.opml.api.OpmlException;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.TransactionHash;
import dev.opml.ethereum.abi.RefusalErrors;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.NodeReceipt;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Why a transaction was refused. A receipt does not say so, so it is executed again: in its place,
 * if an endpoint offers that; else after its own block, which has the time that it saw, and, if it
 * would not be refused there, after the block before.
 */
final class RevertReason {
  private final Failover<BlockNode> blocks;
  private final Failover<TransactionNode> transactions;

  RevertReason(Failover<BlockNode> blocks, Failover<TransactionNode> transactions) {
    this.blocks = blocks;
    this.transactions = transactions;
  }

  /**
   * The refusal of a transaction.
   *
   * @param call what it did, if that is known
   */
  ArbiterRefusedException of(NodeReceipt receipt, Optional<Message> call) {
    TransactionHash hash = receipt.transaction();
    String traced = attempt(() -> Optional.of(traced(hash))).orElse("");
    Optional<Refusal> refusal = RefusalErrors.decode(HexFormat.of().parseHex(traced));
    BlockHash block = receipt.receipt().block();
    if (refusal.isEmpty() && call.isPresent()) {
      refusal = attempt(() -> replayed(call.get(), block));
    }
    if (refusal.isEmpty() && call.isPresent()) {
      refusal = attempt(() -> replayed(call.get(), parent(block)));
    }
    String returned = traced.isEmpty() ? "" : ", returned 0x" + traced;
    return new ArbiterRefusedException(
        refusal.orElse(Refusal.UNEXPLAINED), "transaction " + hash + returned);
  }

  /** Hexadecimal digits, which are equal if endpoints agree; arrays are not. */
  private String traced(TransactionHash hash) {
    return transactions.ask(node -> HexFormat.of().formatHex(node.tracedOutput(hash)));
  }

  private BlockHash parent(BlockHash block) {
    return blocks.ask(node -> node.header(block)).parent();
  }

  private Optional<Refusal> replayed(Message call, BlockHash block) {
    return transactions.ask(node -> node.revertData(call, block).flatMap(RefusalErrors::decode));
  }

  /** Something to try. */
  private interface Try<T> {
    Optional<T> make();
  }

  /** A way to know it that an endpoint may not have. */
  private static <T> Optional<T> attempt(Try<T> way) {
    try {
      return way.make();
    } catch (OpmlException _) {
      return Optional.empty();
    }
  }
}
