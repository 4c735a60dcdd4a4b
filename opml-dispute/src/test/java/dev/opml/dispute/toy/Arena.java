package dev.opml.dispute.toy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.dispute.view.Mirror;
import dev.opml.merkle.Commitments;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** A local arbiter with a toy model, one request, and accounts with money. */
public final class Arena {
  public static final ArbiterIdentity IDENTITY =
      new ArbiterIdentity(31337, Address.named("arbiter"));
  public static final Address REQUESTER = Address.named("requester");
  public static final Address PROPOSER = Address.named("proposer");
  public static final Address CHALLENGER = Address.named("challenger");
  public static final Address STRANGER = Address.named("stranger");
  public static final Salt SALT = new Salt(new Bytes32(1, 2, 3, 4));
  public static final Wei FEE = Wei.gwei(5_000_000);
  public static final Wei BOUNTY = Wei.gwei(100_000_000);

  /** Bonds that pay for nine games of an arity of 2, which have the most moves. */
  public static final MoneyRules MONEY =
      new MoneyRules(
          Wei.gwei(4_999_000_000L),
          Wei.gwei(1_000),
          Wei.ether(1),
          BOUNTY,
          5_000,
          new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_000), Wei.gwei(30_000_000)),
          8);

  /** The same bond for every trace, so that the accounts can pay that of the longest, too. */
  private static final MoneyRules FLAT_MONEY =
      new MoneyRules(
          MONEY.claimBond(),
          Wei.ZERO,
          MONEY.challengerBond(),
          BOUNTY,
          MONEY.burnBasisPoints(),
          MONEY.rewards(),
          MONEY.coveredGames());

  /** Bond of a claim on a trace of 1,000 nodes: 5 ether. */
  public static final Wei BOND = MONEY.leastBond(1_000);

  public static final Wei CHALLENGER_BOND = MONEY.challengerBond();

  public final ManualBlocks blocks = new ManualBlocks();
  public final ToyModel model;
  public final InferenceRequest inference;
  public final ToyTrace truth;
  public final LocalArbiter arbiter;
  public final ArbiterParameters parameters;
  public final RequestId request;
  private final Mirror mirror;

  public Arena(int arity, GraphMode mode, int nodes, long seed) {
    this(Arity.of(arity), mode, nodes, seed);
  }

  public Arena(Arity arity, GraphMode mode, int nodes, long seed) {
    this(arity, new ToyModel(mode, nodes, seed), InferenceRequest.greedy(TokenIds.of(5), 1));
  }

  public Arena(int arity, ToyModel model, InferenceRequest inference) {
    this(Arity.of(arity), model, inference);
  }

  /**
   * A trace of about so many nodes: exactly up to 2^30 nodes, else a multiple of its number of
   * tokens.
   */
  public static Arena ofLength(Arity arity, long nodes, long seed) {
    int tokens = (int) Math.ceilDiv(nodes, 1L << 30);
    int nodesPerToken = (int) (nodes / tokens);
    return new Arena(
        arity,
        new ToyModel(GraphMode.ROW_PER_NODE, nodesPerToken, seed),
        InferenceRequest.greedy(TokenIds.of(5), tokens),
        FLAT_MONEY);
  }

  /** Arity 8 and a trace of 1,000 nodes. */
  public Arena() {
    this(8, GraphMode.ROW_PER_NODE, 1000, 42);
  }

  public Arena(Arity arity, ToyModel model, InferenceRequest inference) {
    this(arity, model, inference, MONEY);
  }

  /** Arity 8 and a trace of 1,000 nodes, with other bonds and rewards. */
  public Arena(MoneyRules money) {
    this(
        Arity.of(8),
        new ToyModel(GraphMode.ROW_PER_NODE, 1000, 42),
        InferenceRequest.greedy(TokenIds.of(5), 1),
        money);
  }

  private Arena(Arity arity, ToyModel model, InferenceRequest inference, MoneyRules money) {
    this(
        model,
        inference,
        parameters(
            arity,
            Set.of(model.programRoot()),
            money,
            work(inference.traceLength(model.header()))));
  }

  /** A deployment with other parameters. */
  public Arena(ToyModel model, InferenceRequest inference, ArbiterParameters parameters) {
    this.model = model;
    this.inference = inference;
    this.truth = new ToyTrace(model, inference);
    this.parameters = parameters;
    this.arbiter = new LocalArbiter(IDENTITY, parameters, truth.toyMachine(), blocks);
    for (Address account : List.of(REQUESTER, PROPOSER, CHALLENGER, STRANGER)) {
      arbiter.fund(account, Wei.ether(100));
    }
    as(REQUESTER).send(announcement());
    this.request = as(REQUESTER).request(terms(0));
    this.mirror = new Mirror(as(STRANGER));
  }

  /** Registers the model; once more it changes nothing, and has one event all the same. */
  public ArbiterCall announcement() {
    return new ArbiterCall.Register(model.registration(), new ModelSource(Bytes32.ZERO, "toy"));
  }

  /** Most traces take time; those that would take more than is allowed take none. */
  private static WorkRules work(long traceLength) {
    WorkRules some = new WorkRules(100, 3600);
    return some.seconds(traceLength) <= some.longestSeconds() ? some : new WorkRules(0, 3600);
  }

  public static ArbiterParameters parameters(Arity arity, Set<Bytes32> programs) {
    return parameters(arity, programs, MONEY, new WorkRules(100, 3600));
  }

  /**
   * With a trace that takes a second, as the one of 1,000 nodes does: 600 s to reveal, 7,200 s to
   * challenge, 3,600 s to seal, and 5,600 s on each clock.
   */
  private static ArbiterParameters parameters(
      Arity arity, Set<Bytes32> programs, MoneyRules money, WorkRules work) {
    return new ArbiterParameters(
        arity,
        new ClockRules(3598, 2000, 60),
        new WindowRules(60, 599, 7197, 3598),
        money,
        work,
        60,
        Map.of(GraphHeader.CURRENT_VERSION, programs));
  }

  public RequestTerms terms(long nonce) {
    return new RequestTerms(
        model.id(),
        inference,
        FEE,
        blocks.head().time() + Math.max(4000, Windows.of(parameters).leastSealing(truth.length())),
        REQUESTER,
        FinalityPolicy.least(parameters, truth.length()),
        nonce);
  }

  public Arbiter as(Address account) {
    return arbiter.connect(account);
  }

  public Trace lying(long node, long instruction) {
    return new FabricatedTrace(truth, Fabrication.about(node, instruction));
  }

  public static Seal seal(Address proposer, RequestId request, Trace trace, Salt salt) {
    return Seal.of(
        IDENTITY,
        request,
        proposer,
        Commitments.outputRoot(trace.output()),
        trace.finalRoot(),
        salt);
  }

  /** Seals and reveals what a trace says. */
  public ClaimId claim(Address proposer, Trace trace) {
    ClaimId claim =
        as(proposer).seal(request, seal(proposer, request, trace, SALT), trace.output());
    blocks.advance(60);
    as(proposer).reveal(claim, reveal(trace, SALT));
    return claim;
  }

  public static Reveal reveal(Trace trace, Salt salt) {
    return new Reveal(trace.finalRoot(), trace.outputPath(), salt);
  }

  /** Challenges with what a trace says. */
  public GameId challenge(Address challenger, ClaimId claim, Trace trace) {
    return as(challenger)
        .challenge(claim, chooser().challenge(claim(claim).finalRoot().orElseThrow(), trace));
  }

  public MoveChooser chooser() {
    return new MoveChooser(parameters.arity());
  }

  /** The move that a trace supports. */
  public Optional<Move> choose(GameView game, Trace trace) {
    if (!MoveChooser.needsMachine(game.position())) {
      return chooser().amongNodes(game.position(), trace);
    }
    try (var machine = trace.machine(MoveChooser.disputedNode(game.position()))) {
      return chooser().insideNode(game.position(), machine);
    }
  }

  public void send(Address mover, GameView answered, Move move) {
    sendBy(as(mover), answered, move);
  }

  /** Sends a move through a connection, perhaps to another chain. */
  public void sendBy(Arbiter sender, GameView answered, Move move) {
    switch (move) {
      case Move.Subdivide(var segment, var subdivision) ->
          sender.subdivide(answered.position().open(segment), subdivision);
      case Move.OpenMachine(var opening) ->
          sender.openMachine(answered.position().open(0), opening);
      case Move.Prove(var segment, var subdivision, var witness) ->
          sender.send(
              new ArbiterCall.Prove(answered.position().open(segment), subdivision, witness));
      case Move.SubmitWitness(var witness) ->
          sender.submitWitness(answered.position().open(0), witness);
    }
  }

  /** Makes the next move of whoever is to move; both traces must support one. */
  public void step(GameId id, Trace proposers, Trace challengers) {
    GameView game = game(id);
    boolean proposer = game.position().toMove() == Side.PROPOSER;
    Move move = choose(game, proposer ? proposers : challengers).orElseThrow();
    send(proposer ? game.proposer() : game.challenger(), game, move);
    assertMoneyConserved();
  }

  /** Plays a game to its end and returns the number of moves after the challenge. */
  public int play(GameId id, Trace proposers, Trace challengers) {
    int moves = 0;
    while (game(id).status() == GameStatus.OPEN) {
      step(id, proposers, challengers);
      moves++;
    }
    return moves;
  }

  /**
   * Plays a game to its end; who has no move any more loses by the clock.
   *
   * @return the number of moves after the challenge
   */
  public int playOrTimeOut(GameId id, Trace proposers, Trace challengers) {
    int moves = 0;
    while (game(id).status() == GameStatus.OPEN) {
      GameView game = game(id);
      boolean proposer = game.position().toMove() == Side.PROPOSER;
      Optional<Move> move = choose(game, proposer ? proposers : challengers);
      if (move.isPresent()) {
        send(proposer ? game.proposer() : game.challenger(), game, move.get());
        moves++;
      } else {
        blocks.advance(50_000);
        timeOut(id);
      }
      assertMoneyConserved();
    }
    return moves;
  }

  /** The first node, from {@code from} on, that runs longer than a machine trace. */
  public long endlessNode(long from) {
    long node = from;
    while (truth.toyMachine().end(node) <= InstructionIndex.END.value()) {
      node++;
    }
    return node;
  }

  /** Ends a game whose clock ran out. */
  public void timeOut(GameId id) {
    as(STRANGER).timeOut(game(id).position().summary());
  }

  /** Plays until a phase is reached. */
  public GameView playTo(Phase phase, GameId id, Trace proposers, Trace challengers) {
    while (game(id).position().phase() != phase) {
      step(id, proposers, challengers);
    }
    return game(id);
  }

  public GameView game(GameId id) {
    return as(STRANGER).game(id).orElseThrow();
  }

  public ClaimView claim(ClaimId id) {
    return as(STRANGER).claim(id).orElseThrow();
  }

  public RequestView request() {
    return as(STRANGER).request(request).orElseThrow();
  }

  public Wei credit(Address account) {
    return as(STRANGER).credit(account);
  }

  /**
   * Money neither appears nor vanishes, what is locked is exactly what live claims, open games,
   * their quotas and fees need, and the events tell of everything that was burnt, and all else.
   */
  public void assertMoneyConserved() {
    assertTrue(arbiter.totals().conserved(), () -> arbiter.totals().toString());
    Wei expected = Wei.ZERO;
    RequestView view = request();
    if (!view.feeGone()) {
      expected = expected.plus(view.terms().fee());
    }
    for (ClaimId id : view.claims()) {
      ClaimView claim = claim(id);
      if (claim.status().alive()) {
        expected = expected.plus(view.terms().policy().bond());
      }
      for (GameId game : claim.games()) {
        if (game(game).status() == GameStatus.OPEN) {
          expected = expected.plus(parameters.money().challengerBond()).plus(claim.quota());
        }
      }
    }
    assertEquals(expected, arbiter.totals().locked());
    assertEquals(burntByEvents(), arbiter.totals().burnt());
    mirror.assertTellsTheSame();
  }

  /** All events so far. */
  public List<LoggedEvent> events() {
    ChainReader chain = as(STRANGER);
    List<LoggedEvent> events =
        new ArrayList<>(chain.finalEvents(0, chain.head(Finality.FINALIZED)));
    events.addAll(chain.events(chain.head(Finality.LATEST).hash()));
    return events;
  }

  private Wei burntByEvents() {
    return events().stream()
        .map(logged ->
            switch (logged.event()) {
              case GameEvent.Ended ended -> ended.burnt();
              case ArbiterEvent.ClaimRefuted refuted -> refuted.burnt();
              case ArbiterEvent.ClaimExpired expired -> expired.burnt();
              default -> Wei.ZERO;
            })
        .reduce(Wei.ZERO, Wei::plus);
  }

  public static void assertRefused(Refusal reason, Executable transaction) {
    assertEquals(reason, assertThrows(ArbiterRefusedException.class, transaction).reason());
  }
}
