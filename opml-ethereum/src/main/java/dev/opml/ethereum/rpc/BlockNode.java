package dev.opml.ethereum.rpc;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.Endpoint.HeaderCheck;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks, logs and state, as one endpoint knows them. Each method throws {@link
 * EthereumRpcException} if there is no answer that could be one.
 */
public final class BlockNode {
  private static final String BY_NUMBER = "eth_getBlockByNumber";
  private static final String BY_HASH = "eth_getBlockByHash";
  private static final String LOGS = "eth_getLogs";

  private final JsonRpc rpc;

  /** Highest block that this endpoint has called finalized. */
  private volatile long finalized = -1;

  /**
   * Asks an endpoint.
   *
   * @param chainId number of the chain that it has to follow
   */
  public BlockNode(Endpoint endpoint, long chainId) {
    this.rpc = new JsonRpc(endpoint, chainId);
  }

  /** The endpoint's name. */
  @Override
  public String toString() {
    return rpc.endpoint().name();
  }

  /** The newest block of a finality. */
  public Header head(Finality finality) {
    String tag = finality.name().toLowerCase(Locale.ROOT);
    Header head = header(rpc.ask(BY_NUMBER, tag, false));
    if (finality == Finality.FINALIZED) {
      finalized = Math.max(finalized, head.number());
    }
    return head;
  }

  /**
   * A block.
   *
   * @throws UnknownBlockException if the endpoint does not know it
   */
  public Header header(BlockHash hash) {
    return header(block(hash));
  }

  private Answer block(BlockHash hash) {
    Answer block =
        known(hash, () -> rpc.ask(BY_HASH, hash.value().toHex(), false))
            .present()
            .orElseThrow(() -> unknown(hash));
    BlockHash told = block.field("hash").blockHash();
    if (!told.equals(hash)) {
      throw rpc.failure(BY_HASH, Kind.MALFORMED, "block " + told + " instead of " + hash);
    }
    return block;
  }

  /**
   * A finalized block.
   *
   * @throws UnknownBlockException if the endpoint has not finalized it
   */
  public Header finalHeader(long number) {
    if (number > finalized && number > head(Finality.FINALIZED).number()) {
      throw new UnknownBlockException(number);
    }
    Optional<Answer> block = rpc.ask(BY_NUMBER, Hex.quantity(number), false).present();
    Header header = block.map(this::header).orElseThrow(() -> new UnknownBlockException(number));
    if (header.number() != number) {
      throw rpc.failure(BY_NUMBER, Kind.MALFORMED, header.number() + " instead of " + number);
    }
    return header;
  }

  /**
   * Least price of gas in a block.
   *
   * @throws UnknownBlockException if the endpoint does not know it
   */
  public Wei baseFee(BlockHash hash) {
    Answer block = block(hash);
    Header _ = header(block);
    return block.field("baseFeePerGas").wei();
  }

  private Header header(Answer block) {
    Header header =
        new Header(
            block.field("hash").blockHash(),
            block.field("parentHash").blockHash(),
            new Block(block.field("number").number(), block.field("timestamp").number()));
    if (rpc.endpoint().headerCheck() == HeaderCheck.HASH
        && !HeaderHash.of(block).equals(header.hash())) {
      throw block.wrong("a header whose fields hash to " + header.hash());
    }
    return header;
  }

  /**
   * All logs of a contract in a block.
   *
   * @throws UnknownBlockException if the endpoint does not know the block
   */
  public List<NodeLog> logs(Address contract, BlockHash block) {
    // An endpoint that does not know a block may say that it has no logs.
    Header _ = header(block);
    Map<String, Object> filter =
        Map.of("address", contract.toHex(), "blockHash", block.value().toHex());
    return logs(known(block, () -> rpc.ask(LOGS, filter)));
  }

  /**
   * Logs of a contract in a range of blocks.
   *
   * @param from number of the first block
   * @param to number of the last block
   * @param topics what the first topics are; none for all logs
   */
  public List<NodeLog> logs(Address contract, long from, long to, List<Bytes32> topics) {
    Map<String, Object> filter = new HashMap<>();
    filter.put("address", contract.toHex());
    filter.put("fromBlock", Hex.quantity(from));
    filter.put("toBlock", Hex.quantity(to));
    if (!topics.isEmpty()) {
      filter.put("topics", topics.stream().map(Bytes32::toHex).toList());
    }
    return logs(rpc.ask(LOGS, filter));
  }

  private List<NodeLog> logs(Answer logs) {
    int most = rpc.endpoint().limits().logs();
    if (logs.node().size() > most) {
      throw rpc.failure(LOGS, Kind.BROKEN_OFF, logs.node().size() + " logs");
    }
    return logs.list(most).stream().map(NodeLog::read).toList();
  }

  /** The money of an account after a block. */
  public Wei balance(Address account, BlockHash block) {
    return known(block, () -> rpc.ask("eth_getBalance", account.toHex(), Hex.block(block))).wei();
  }

  /** The code of a contract after a block. */
  public byte[] code(Address contract, BlockHash block) {
    return known(block, () -> rpc.ask("eth_getCode", contract.toHex(), Hex.block(block))).bytes();
  }

  /** The code of a contract after the block with a number. */
  public byte[] code(Address contract, long block) {
    return rpc.ask("eth_getCode", contract.toHex(), Hex.quantity(block)).bytes();
  }

  /** Result of a function after a block. */
  public byte[] call(Address contract, byte[] data, BlockHash block) {
    Map<String, Object> message = Map.of("to", contract.toHex(), "data", Hex.bytes(data));
    return known(block, () -> rpc.ask("eth_call", message, Hex.block(block))).bytes();
  }

  private static Answer known(BlockHash block, Supplier<Answer> asked) {
    try {
      return asked.get();
    } catch (EthereumRpcException e) {
      if (e.saysUnknownBlock()) {
        UnknownBlockException unknown = unknown(block);
        unknown.addSuppressed(e);
        throw unknown;
      }
      throw e;
    }
  }

  private static UnknownBlockException unknown(BlockHash block) {
    return new UnknownBlockException(block);
  }

  /** A failure of this endpoint that only whoever asked can see. */
  public EthereumRpcException contradiction(String text, @Nullable Throwable cause) {
    return rpc.failure("an answer", Kind.MALFORMED, text, cause);
  }
}
