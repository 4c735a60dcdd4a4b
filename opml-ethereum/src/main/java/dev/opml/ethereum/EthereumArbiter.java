package dev.opml.ethereum;

import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.agent.UnexpectedDeploymentException;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.view.ChainFollower;
import dev.opml.dispute.view.ChainView;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Outbox;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.List;
import java.util.Optional;

/**
 * An account's connection to an arbiter on a chain. Requests, claims and games are told from its
 * events, which are followed when one is asked for; those that are over and no business of the
 * account any more are forgotten.
 */
public final class EthereumArbiter implements Arbiter {
  private final EthereumReader reader;
  private final EthereumWriter writer;
  private final ChainFollower follower;
  private final boolean firstBlockChecked;

  private EthereumArbiter(
      DeploymentSpec spec, EthereumReader reader, EthereumWriter writer, boolean checked) {
    this.firstBlockChecked = checked;
    this.reader = reader;
    this.writer = writer;
    this.follower = new ChainFollower(reader, spec.parameters(), writer.account());
  }

  /**
   * Connects an account, after a look at what is deployed.
   *
   * @param endpoints nodes of the chain. One or two are believed; of three, two have to agree, so
   *     that one may fail, lag or lie; of five, three. Transactions go to all
   * @throws UnexpectedDeploymentException if the arbiter is not the one that is described
   * @throws WrongFirstBlockException if it was there in the first block already
   * @throws dev.opml.ethereum.rpc.EthereumRpcException if no endpoint answers
   */
  public static EthereumArbiter connect(
      DeploymentSpec spec, List<Endpoint> endpoints, Signer signer, FeePolicy fees) {
    long chain = spec.identity().chainId();
    Failover<BlockNode> blocks =
        new Failover<>(endpoints.stream().map(it -> new BlockNode(it, chain)).toList());
    Failover<TransactionNode> transactions =
        new Failover<>(endpoints.stream().map(it -> new TransactionNode(it, chain)).toList());
    RegisteredFacts facts = new RegisteredFacts(spec, blocks);
    Heads heads = new Heads(blocks);
    EthereumReader reader = new EthereumReader(spec, blocks, heads, facts);
    Deployment actual = reader.deployment();
    if (!actual.equals(spec.expected())) {
      throw new UnexpectedDeploymentException(spec.expected(), actual);
    }
    boolean checked = requireFirstBlock(spec, blocks, heads.newest(Finality.LATEST));
    Outbox outbox =
        new Outbox(chain, signer, fees, heads::baseFee, blocks, transactions, System::nanoTime);
    return new EthereumArbiter(
        spec, reader, new EthereumWriter(spec.identity().arbiter(), facts, outbox), checked);
  }

  /**
   * Refuses a first block that is not before the arbiter.
   *
   * @return whether a node still has the state of that block
   */
  private static boolean requireFirstBlock(
      DeploymentSpec spec, Failover<BlockNode> blocks, Header newest) {
    Address arbiter = spec.identity().arbiter();
    long first = spec.firstBlock();
    try {
      if (first >= newest.number() || blocks.ask(node -> node.code(arbiter, first)).length > 0) {
        throw new WrongFirstBlockException(arbiter, first);
      }
      return true;
    } catch (EthereumRpcException e) {
      if (e.kind() == EthereumRpcException.Kind.ERROR) {
        return false; // nodes need not keep old states
      }
      throw e;
    }
  }

  /**
   * Whether it is known that the arbiter was not there yet in {@link #firstBlock()}. If no node has
   * the state of that block any more, whoever described the deployment is believed: events before
   * are not seen.
   */
  public boolean firstBlockChecked() {
    return firstBlockChecked;
  }

  @Override
  public Deployment deployment() {
    return reader.deployment();
  }

  @Override
  public long firstBlock() {
    return reader.firstBlock();
  }

  @Override
  public Header head(Finality finality) {
    return reader.head(finality);
  }

  @Override
  public Header head() {
    return reader.head(Finality.LATEST);
  }

  @Override
  public Header header(BlockHash hash) {
    return reader.header(hash);
  }

  @Override
  public Header finalHeader(long number) {
    return reader.finalHeader(number);
  }

  @Override
  public List<LoggedEvent> events(BlockHash block) {
    return reader.events(block);
  }

  @Override
  public List<LoggedEvent> finalEvents(long from, Header to) {
    return reader.finalEvents(from, to);
  }

  @Override
  public Funds funds(Address account, BlockHash block) {
    return reader.funds(account, block);
  }

  private ChainView view() {
    return follower.refresh();
  }

  @Override
  public Optional<ModelView> model(ModelId id) {
    return view().model(id);
  }

  @Override
  public Optional<RequestView> request(RequestId id) {
    return view().request(id);
  }

  @Override
  public Optional<ClaimView> claim(ClaimId id) {
    return view().claim(id);
  }

  @Override
  public Optional<GameView> game(GameId id) {
    return view().game(id);
  }

  @Override
  public Address account() {
    return writer.account();
  }

  @Override
  public Transaction sign(ArbiterCall call) {
    return writer.sign(call);
  }

  @Override
  public void broadcast(Transaction transaction) {
    writer.broadcast(transaction);
  }

  @Override
  public void cancel(TransactionHash transaction, long nonce) {
    writer.cancel(transaction, nonce);
  }

  @Override
  public TransactionOutcome outcome(TransactionHash hash) {
    return writer.outcome(hash);
  }
}
