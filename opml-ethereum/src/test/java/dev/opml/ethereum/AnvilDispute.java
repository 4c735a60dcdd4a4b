package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.agent.AgentContext;
import dev.opml.dispute.agent.AgentListener;
import dev.opml.dispute.agent.Challenger;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.agent.Proposer;
import dev.opml.dispute.agent.ProposerPolicy;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chain on which blocks are made by hand, with an agent that lies. A test adds one that tells the
 * truth.
 */
final class AnvilDispute implements AutoCloseable {
  private static final String BY_HAND = "--no-mining";
  private static final long BLOCK_SECONDS = 12;

  /** Blocks until the truth has to have won: some four times as many as an undisturbed game. */
  private static final int MOST_BLOCKS = 120;

  private final SyntheticModel model = Stage.model(GraphMode.ROW_PER_NODE, 1000);
  private final InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(5), 1);
  private final Trace truth = new SyntheticTrace(model, inference, 5_000);
  private final List<String> failures = new ArrayList<>();
  private final Path folder;
  private final RpcProxy gate;
  private final Side honest;
  private final Agent liar;
  private final EthereumArbiter viewer;
  private TestChain chain;

  /** Something that happens between two blocks. */
  interface Between {
    /**
     * Does it.
     *
     * @param block number of the block that comes, from 0
     */
    void happen(int block) throws Exception;
  }

  /**
   * A chain with a request.
   *
   * @param honest whose agent a test adds
   * @param folder where the chain's state is kept when it is restarted
   */
  AnvilDispute(Side honest, Path folder) throws Exception {
    this.honest = honest;
    this.folder = folder;
    ArbiterParameters parameters = new Scenario("", _ -> {}).parameters();
    chain = TestChain.startEcho(parameters, BY_HAND);
    for (Player player : Player.values()) {
      chain.fund(player.address(), Wei.ether(1000));
    }
    gate = new RpcProxy(chain.anvil().address(), RpcProxy.Change.NONE);
    viewer = connect(Player.STRANGER, gate.endpoint());
    ask(parameters);
    liar =
        agent(
            honest == Side.PROPOSER ? Side.CHALLENGER : Side.PROPOSER,
            connect(Player.RIVAL, gate.endpoint()),
            new FabricatedTrace(truth, Fabrication.about(333, 1234)),
            new MemoryJournal());
  }

  private void ask(ArbiterParameters parameters) throws Exception {
    EthereumArbiter requester = connect(Player.REQUESTER, gate.endpoint());
    sendAndMine(
        requester,
        new ArbiterCall.Register(model.registration(), new ModelSource(Bytes32.ZERO, "")));
    sendAndMine(
        requester,
        new ArbiterCall.Request(
            new RequestTerms(
                model.id(),
                inference,
                Wei.ZERO,
                viewer.head().block().time()
                    + 400
                    + Windows.of(parameters).leastSealing(truth.length()),
                requester.account(),
                FinalityPolicy.least(parameters, truth.length()),
                0)));
  }

  private void sendAndMine(EthereumArbiter sender, ArbiterCall call) throws Exception {
    Transaction transaction = sender.sign(call);
    sender.broadcast(transaction);
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, sender.outcome(transaction.hash()));
  }

  TestChain chain() {
    return chain;
  }

  EthereumArbiter viewer() {
    return viewer;
  }

  /** The endpoint of the chain, which a restart does not change. */
  Endpoint endpoint() {
    return gate.endpoint();
  }

  /** A connection that raises its offers at once. */
  EthereumArbiter connect(Player player, Endpoint... endpoints) {
    return EthereumArbiter.connect(
        chain.spec(), List.of(endpoints), player.signer(), Stub.IMPATIENT);
  }

  /** The agent that tells the truth. */
  Agent honest(Arbiter connection, Journal journal) {
    return agent(honest, connection, truth, journal);
  }

  private Agent agent(Side side, Arbiter connection, Trace trace, Journal journal) {
    AgentContext context = context(connection, trace, journal);
    return switch (side) {
      case PROPOSER ->
          new Proposer(context, ProposerPolicy.UNANSWERED, new Salt(new Bytes32(1, 2, 3, 4)));
      case CHALLENGER -> new Challenger(context);
    };
  }

  private AgentContext context(Arbiter connection, Trace trace, Journal journal) {
    return new AgentContext(
        connection,
        chain.spec().expected(),
        List.of(ModelRunner.ofTraces(model.id(), _ -> trace)),
        journal,
        new Listener(connection.account().toHex()),
        Runnable::run,
        10);
  }

  /** Lets both play until it is final that the truth has won. */
  void play(Agent agent, Between between) throws Exception {
    for (int block = 0; !isWon(); block++) {
      if (block == MOST_BLOCKS) {
        throw new AssertionError("not won after " + block + " blocks: " + failures);
      }
      liar.poll();
      agent.poll();
      between.happen(block);
      chain.advance(BLOCK_SECONDS);
    }
  }

  private boolean isWon() {
    for (LoggedEvent logged : viewer.finalEvents(0, viewer.head(Finality.FINALIZED))) {
      if (logged.event() instanceof GameEvent.Ended end) {
        assertEquals(Optional.of(honest), end.winner());
        return true;
      }
    }
    return false;
  }

  /** Whether the newest block has a move. */
  boolean hasJustMoved() {
    return viewer.events(viewer.head().hash()).stream()
        .anyMatch(it -> it.event() instanceof GameEvent.Subdivided);
  }

  /**
   * Replaces the newest blocks by empty ones.
   *
   * @param kept whether the node offers their transactions again, as most nodes do
   */
  void reorganise(int depth, boolean kept) throws IOException, InterruptedException {
    Anvil anvil = chain.anvil();
    long head = viewer.head().number();
    List<String> removed = new ArrayList<>();
    for (long number = head - depth + 1; number <= head; number++) {
      String quantity = "0x" + Long.toHexString(number);
      for (JsonNode hash : anvil.ask("eth_getBlockByNumber", quantity, false).get("transactions")) {
        removed.add(anvil.ask("eth_getRawTransactionByHash", hash.asText()).asText());
      }
    }
    JsonNode _ = anvil.ask("anvil_reorg", depth, new Object[0]);
    if (kept) {
      for (String transaction : removed) {
        JsonNode _ = anvil.ask("eth_sendRawTransaction", transaction);
      }
    }
  }

  /** Stops the chain, and starts it again with what it had in its blocks. */
  void restart() throws IOException, InterruptedException {
    TestChain stopped = chain;
    chain = stopped.copy(folder, BY_HAND);
    stopped.close();
    gate.turnTo(chain.anvil().address());
  }

  @Override
  public void close() {
    liar.close();
    gate.close();
    chain.close();
  }

  /** Keeps failures, of which there are some when an endpoint is away. */
  private final class Listener implements AgentListener {
    private final String who;

    Listener(String who) {
      this.who = who;
    }

    @Override
    public void onRefused(Intent intent, ArbiterRefusedException refusal) {
      failures.add(who + " " + intent.kind() + ": " + refusal.getMessage());
    }

    @Override
    public void onNoMove(GameId game) {
      failures.add(who + " has no move in " + game);
    }

    @Override
    public void onFailure(Object what, Throwable failure) {
      failures.add(who + " " + what + ": " + failure);
    }
  }
}
