package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.Receipt;
import dev.opml.dispute.chain.Sending;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Outbox;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.TransactionNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The money of an account on a chain. */
public final class Wallet {
  /** Gas that a transfer is signed for; it takes less. */
  private static final long TRANSFER_GAS = 100_000;

  private final Signer signer;
  private final FeePolicy fees;
  private final Failover<BlockNode> blocks;
  private final Heads heads;
  private final Failover<TransactionNode> transactions;
  private final Outbox outbox;

  /**
   * Opens the wallet of an account.
   *
   * @param chainId the chain that each endpoint has to follow
   */
  public Wallet(long chainId, List<Endpoint> endpoints, Signer signer, FeePolicy fees) {
    this.signer = signer;
    this.fees = fees;
    this.blocks = new Failover<>(endpoints.stream().map(it -> new BlockNode(it, chainId)).toList());
    this.transactions =
        new Failover<>(endpoints.stream().map(it -> new TransactionNode(it, chainId)).toList());
    this.heads = new Heads(blocks);
    this.outbox =
        new Outbox(chainId, signer, fees, heads::baseFee, blocks, transactions, System::nanoTime);
  }

  /** Most that an amount of gas costs at the price that would be offered now. */
  public Wei price(long gas) {
    return fees.first(heads.baseFee()).most().times(gas);
  }

  /** The account's balance in the newest block. */
  public Wei balance() {
    BlockHash newest = head().hash();
    return blocks.ask(node -> node.balance(signer.address(), newest));
  }

  /**
   * Pays an account, and does not wait for it.
   *
   * @throws dev.opml.dispute.ArbiterRefusedException if it would be refused now; like all that this
   *     throws, it means that nothing was sent
   */
  public Sending pay(Address to, Wei amount) {
    return send(to, amount, new byte[0]);
  }

  /**
   * Pays an account all that there is, but for what the transaction may cost, and does not wait.
   *
   * @return empty if there is not more than that
   */
  public Optional<Sending> payAll(Address to) {
    Wei all = balance();
    Wei cost = price(TRANSFER_GAS);
    return cost.isLessThan(all) ? Optional.of(pay(to, all.minus(cost))) : Optional.empty();
  }

  /** Sends a transaction, and does not wait for it. */
  Sending send(Address to, Wei value, byte[] data) {
    TransactionHash hash = outbox.sign(to, value, data).hash();
    return Sending.of(hash, () -> outbox.send(hash));
  }

  /**
   * Waits for a transaction, which need not be this account's, as {@link Sending#await} does.
   *
   * @param patience how long at most
   */
  public void await(Sending sent, Duration patience) {
    Receipt _ = sent.await(outbox::outcome, patience);
  }

  /** The newest block. */
  Header head() {
    return heads.newest(Finality.LATEST);
  }

  Failover<BlockNode> blocks() {
    return blocks;
  }

  Failover<TransactionNode> transactions() {
    return transactions;
  }
}
