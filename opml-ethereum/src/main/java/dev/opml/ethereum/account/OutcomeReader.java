package dev.opml.ethereum.account;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.NodeReceipt;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Looks up what has become of transactions. A receipt counts if enough endpoints have the same. A
 * transaction counts as waiting while one endpoint knows it, or does not say.
 */
final class OutcomeReader {
  private final Failover<BlockNode> blocks;
  private final Failover<TransactionNode> transactions;
  private final Address account;
  private final RevertReason reason;
  private final NonceSearch search;

  OutcomeReader(
      Address account, Failover<BlockNode> blocks, Failover<TransactionNode> transactions) {
    this.account = account;
    this.search = new NonceSearch(account);
    this.blocks = blocks;
    this.transactions = transactions;
    this.reason = new RevertReason(blocks, transactions);
  }

  /**
   * Outcome of a transaction that another process has signed, and whose content no endpoint told.
   * Nobody offers it again, so it is unknown once as many endpoints do not know it as have to
   * agree: else one that is broken, or lies, would make it wait for ever.
   */
  TransactionOutcome of(TransactionHash hash) {
    Optional<NodeReceipt> receipt = receipt(List.of(hash));
    if (receipt.isPresent()) {
      return concluded(receipt.get(), Optional.empty());
    }
    int unaware = Collections.frequency(knowing(List.of(hash)), false);
    return unaware < transactions.quorum()
        ? new TransactionOutcome.Pending()
        : new TransactionOutcome.Unknown();
  }

  /** Outcome of an attempt: that of the version that was included. */
  TransactionOutcome of(List<Attempt.Version> versions) {
    List<TransactionHash> hashes = versions.stream().map(it -> it.signed().hash()).toList();
    Optional<NodeReceipt> receipt = receipt(hashes);
    if (receipt.isPresent()) {
      Attempt.Version version = versions.get(hashes.indexOf(receipt.get().transaction()));
      return version.cancels()
          ? new TransactionOutcome.Replaced(version.signed().hash())
          : concluded(receipt.get(), Optional.of(version.signed().content().message()));
    }
    List<Boolean> known = knowing(hashes);
    if (known.contains(true) || known.size() < transactions.size()) {
      return new TransactionOutcome.Pending();
    }
    return taken(versions)
        .<TransactionOutcome>map(TransactionOutcome.Replaced::new)
        .orElseGet(TransactionOutcome.Unknown::new);
  }

  /** Another transaction that is in a block with the nonce, if an endpoint can tell. */
  private Optional<TransactionHash> taken(List<Attempt.Version> versions) {
    long nonce = versions.getFirst().signed().content().nonce();
    try {
      if (transactions.reached(node -> node.included(account)) <= nonce) {
        return Optional.empty();
      }
      return transactions
          .find(node -> search.find(node, nonce))
          .filter(by -> versions.stream().noneMatch(it -> it.signed().hash().equals(by)));
    } catch (EthereumRpcException _) {
      return Optional.empty(); // nodes need not remember
    }
  }

  private TransactionOutcome concluded(NodeReceipt receipt, Optional<Message> call) {
    return receipt.succeeded()
        ? new TransactionOutcome.Included(receipt.receipt())
        : new TransactionOutcome.Reverted(reason.of(receipt, call), receipt.receipt());
  }

  /**
   * The receipt of one of some transactions, of which a chain has one at the most; of a block that
   * has the number that it says. Each endpoint is asked for all of them in one go: one that hangs
   * is waited for once, not once for each.
   */
  private Optional<NodeReceipt> receipt(List<TransactionHash> hashes) {
    Optional<NodeReceipt> receipt =
        transactions.findAgreed(
            node -> hashes.stream().map(node::receipt).flatMap(Optional::stream).findFirst());
    return receipt.filter(it -> {
      Header block = blocks.ask(node -> node.header(it.receipt().block()));
      return block.number() == it.receipt().number();
    });
  }

  /** Whether they know one of some transactions, of those endpoints that answer. */
  private List<Boolean> knowing(List<TransactionHash> hashes) {
    return transactions.gather(node -> hashes.stream().anyMatch(node::knows));
  }
}
