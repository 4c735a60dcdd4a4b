package dev.opml.ethereum.rpc;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.TransactionHash;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.util.Map;
import java.util.Optional;

/**
 * Transactions, as one endpoint knows them. Each method throws {@link EthereumRpcException} if
 * there is no answer that could be one.
 */
public final class TransactionNode {
  private static final String SEND = "eth_sendRawTransaction";
  private static final String RECEIPT = "eth_getTransactionReceipt";
  private static final String TRANSACTION = "eth_getTransactionByHash";
  private static final String COUNT = "eth_getTransactionCount";
  private static final String BLOCK = "eth_getBlockByNumber";
  private static final String LATEST = "latest";
  private static final int MOST_TRANSACTIONS = 100_000;

  private final JsonRpc rpc;

  /**
   * Asks an endpoint.
   *
   * @param chainId number of the chain that it has to follow
   */
  public TransactionNode(Endpoint endpoint, long chainId) {
    this.rpc = new JsonRpc(endpoint, chainId);
  }

  @Override
  public String toString() {
    return rpc.endpoint().name();
  }

  /** Number of an account's transactions in blocks. */
  public long included(Address account) {
    return rpc.ask(COUNT, account.toHex(), LATEST).number();
  }

  /** The same, with those that wait. */
  public long waiting(Address account) {
    return rpc.ask(COUNT, account.toHex(), "pending").number();
  }

  /** The same, after the block with a number; many endpoints know it of the last ones only. */
  public long included(Address account, long block) {
    return rpc.ask(COUNT, account.toHex(), Hex.quantity(block)).number();
  }

  /** Number of the newest block. */
  public long newestBlock() {
    return rpc.ask("eth_blockNumber").number();
  }

  /** The transaction of an account with a nonce, if the block with a number has it. */
  public Optional<TransactionHash> find(Address account, long nonce, long block) {
    return rpc.ask(BLOCK, Hex.quantity(block), true)
        .present()
        .flatMap(found ->
            found.field("transactions").list(MOST_TRANSACTIONS).stream()
                .filter(it -> it.field("from").address().equals(account))
                .filter(it -> it.field("nonce").number() == nonce)
                .map(it -> it.field("hash").transactionHash())
                .findFirst());
  }

  /**
   * Gas that a call takes now.
   *
   * @throws EthereumRpcException if it would be reverted, with what it would return
   */
  public long estimateGas(Message message) {
    return rpc.ask("eth_estimateGas", message.json()).number();
  }

  /**
   * Sends a signed transaction; one that the endpoint has, or had, is no error.
   *
   * @param hash its hash
   * @param signed its encoding
   */
  public void send(TransactionHash hash, byte[] signed) {
    try {
      TransactionHash sent = rpc.ask(SEND, Hex.bytes(signed)).transactionHash();
      if (!sent.equals(hash)) {
        throw rpc.failure(SEND, Kind.MALFORMED, "it is " + hash + ", not " + sent);
      }
    } catch (EthereumRpcException e) {
      if (!e.saysKnownTransaction()) {
        throw e;
      }
    }
  }

  /** Receipt of a transaction; empty if it is in no block. */
  public Optional<NodeReceipt> receipt(TransactionHash hash) {
    Optional<NodeReceipt> receipt =
        rpc.ask(RECEIPT, hash.value().toHex()).present().map(NodeReceipt::read);
    if (receipt.filter(it -> !it.transaction().equals(hash)).isPresent()) {
      throw rpc.failure(RECEIPT, Kind.MALFORMED, "a receipt of another transaction than " + hash);
    }
    return receipt;
  }

  /** Whether the endpoint knows a transaction, in a block or not. */
  public boolean knows(TransactionHash hash) {
    return known(hash).isPresent();
  }

  /** A transaction with an EIP-1559 fee, in a block or not, as the endpoint tells it. */
  public Optional<NodeTransaction> transaction(TransactionHash hash) {
    return known(hash).flatMap(NodeTransaction::read);
  }

  private Optional<Answer> known(TransactionHash hash) {
    Optional<Answer> transaction = rpc.ask(TRANSACTION, hash.value().toHex()).present();
    transaction.ifPresent(it -> {
      TransactionHash known = it.field("hash").transactionHash();
      if (!known.equals(hash)) {
        throw rpc.failure(TRANSACTION, Kind.MALFORMED, "it is " + known + ", not " + hash);
      }
    });
    return transaction;
  }

  /**
   * Data that a reverted transaction had returned, as the endpoint executes it again in its place;
   * many endpoints do not offer that.
   */
  public byte[] tracedOutput(TransactionHash hash) {
    Answer trace =
        rpc.ask(
            "debug_traceTransaction",
            hash.value().toHex(),
            Map.of("tracer", "callTracer", "tracerConfig", Map.of("onlyTopCall", true)));
    return trace.optional("output").map(Answer::bytes).orElse(new byte[0]);
  }

  /**
   * Data that a call returns when it is reverted after a block.
   *
   * @return empty if it is not, or the endpoint does not say what it returned
   */
  public Optional<byte[]> revertData(Message message, BlockHash block) {
    try {
      Answer _ = rpc.ask("eth_call", message.json(), Hex.block(block));
      return Optional.empty();
    } catch (EthereumRpcException e) {
      if (e.kind() == Kind.ERROR) {
        return e.revertData();
      }
      throw e;
    }
  }
}
