package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.toy.VirtualTime;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * One honest party, a proposer and a challenger that share a few runners, against somebody with
 * capital who asks for free, lies, and plays. Real agents and a real arbiter; only what is computed
 * takes no time but that of the chain.
 */
final class FloodSimulation {
  static final Address HONEST_PROPOSER = Address.named("honest proposer");
  static final Address HONEST_CHALLENGER = Address.named("honest challenger");
  private static final Address ATTACKER = Address.named("attacker");
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private static final long SECONDS_PER_MOVE = 60;
  private static final Arity ARITY = Arity.of(8);
  static final Wei LEAST_CLAIM_BOND = Wei.gwei(2_500_000_000L);
  static final Wei CHALLENGER_BOND = Wei.gwei(500_000_000);

  /** As the standard policy, for the larger bonds of a request here. */
  private static final ProposerLimits PAID_REQUESTS =
      new ProposerLimits(
          ProposerLimits.DEFAULT.leastFee(),
          Wei.ether(100),
          ProposerLimits.DEFAULT.longestChallengeWindow(),
          ProposerLimits.DEFAULT.longestTrace());

  /** Seconds from a round of the agents to the next. */
  private static final long ROUND = 12;

  /**
   * The work, how long it takes, and the time that the rules give for it.
   *
   * @param nodes length of every trace, N
   * @param nodeMicros time of a node, of a run as of a trace
   * @param checkSeconds what a check takes beside a run
   * @param machineSeconds of a pass over a node in the off-chain machine
   * @param runners computations at once
   * @param challengeWindow least window, beside the time of three runs
   * @param clockSeconds on a clock, beside the time of two runs
   * @param bondPerNode in gwei
   */
  record Rules(
      int nodes,
      long nodeMicros,
      long checkSeconds,
      long machineSeconds,
      int runners,
      long challengeWindow,
      long clockSeconds,
      long bondPerNode) {
    long runSeconds() {
      return new WorkRules(nodeMicros, 3600).seconds(nodes);
    }

    Wei claimBond() {
      return LEAST_CLAIM_BOND.plus(Wei.gwei(bondPerNode).times(nodes));
    }

    /** Most seconds of work that a false claim can make for an ether of its bond. */
    double workPerEther() {
      double long_ = 2 * nodeMicros * 1e-6 / (bondPerNode * 1e-9);
      double short_ = (checkSeconds + 2 * machineSeconds) / ether(LEAST_CLAIM_BOND);
      return Math.max(long_, short_);
    }

    /** Time that a clock has left after the moves, in seconds. */
    long clockForWork() {
      int moves = (Segments.mostMoves(ARITY, nodes) + 1) / 2;
      return clockSeconds + 2 * runSeconds() - moves * SECONDS_PER_MOVE;
    }

    private ArbiterParameters parameters(ToyModel model) {
      return new ArbiterParameters(
          ARITY,
          new ClockRules(840, clockSeconds - 840, SECONDS_PER_MOVE),
          new WindowRules(60, 600, challengeWindow, 3600, 400_000 + challengeWindow, 400_000),
          new MoneyRules(
              LEAST_CLAIM_BOND,
              Wei.gwei(bondPerNode),
              CHALLENGER_BOND,
              Wei.gwei(100_000_000),
              5_000,
              new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_000), Wei.gwei(30_000_000)),
              8),
          new WorkRules(nodeMicros, 3600),
          60,
          Map.of(GraphHeader.CURRENT_VERSION, Set.of(model.programRoot())));
    }
  }

  static double ether(Wei amount) {
    return amount.amount().doubleValue() / 1e18;
  }

  /**
   * The attacker's actions.
   *
   * @param freeRequests requests without a fee, made at once
   * @param falseClaims claims on them, sealed and revealed at once
   * @param games games against the honest claims, opened at once
   * @param stalls whether it waits with its moves for half of its clock
   */
  record Attack(int freeRequests, int falseClaims, int games, boolean stalls) {}

  /**
   * The outcome.
   *
   * @param lostClaims honest claims that were refuted or not revealed
   * @param lostGames honest challenges that were lost
   * @param falseFinal false claims that became final
   * @param sizes most that each collection of an agent has held
   * @param left what it holds after the end
   */
  record Result(
      int lostClaims,
      int lostGames,
      int falseFinal,
      int honestClaims,
      int peakClaims,
      int peakGames,
      int peakTraces,
      long seconds,
      Map<String, Integer> sizes,
      Map<String, Integer> left,
      List<Throwable> failures) {
    int lost() {
      return lostClaims + lostGames + falseFinal;
    }
  }

  private final Rules rules;
  private final Random random;
  private final Arena arena;
  private final VirtualTime time;
  private final VirtualTime.Cores cores;
  private final List<Throwable> failures = new ArrayList<>();
  private final Proposer proposer;
  private final Challenger challenger;

  /** The attacker's false traces, of its claims and of its games. */
  private final Map<ClaimId, Trace> lies = new LinkedHashMap<>();

  private final Map<GameId, Trace> gameLies = new LinkedHashMap<>();
  private final Map<GameId, Long> begun = new HashMap<>();
  private final Set<GameId> ended = new HashSet<>();
  private final Map<String, Integer> sizes = new TreeMap<>();
  private int openTraces;
  private int peakTraces;
  private int peakClaims;
  private int peakGames;
  private long nonce = 1;

  /** Honest claims when the attack begins. */
  private List<ClaimId> own = List.of();

  /**
   * Prepares a party.
   *
   * @param money of the honest challenger
   * @param ownClaims paid requests that the proposer has answered when the attack begins
   */
  FloodSimulation(Rules rules, Wei money, int ownClaims, long seed) {
    this.rules = rules;
    this.random = new Random(seed);
    ToyModel model = new ToyModel(GraphMode.ROW_PER_NODE, rules.nodes(), seed);
    this.arena =
        new Arena(model, InferenceRequest.greedy(TokenIds.of(5), 1), rules.parameters(model));
    this.time = new VirtualTime(arena.blocks);
    this.cores = time.new Cores(rules.runners());
    arena.arbiter.fund(HONEST_PROPOSER, Wei.ether(1_000_000));
    arena.arbiter.fund(HONEST_CHALLENGER, money);
    arena.arbiter.fund(ATTACKER, Wei.ether(10_000_000));
    for (int i = 1; i < ownClaims; i++) {
      request(i, Arena.FEE);
    }
    this.proposer =
        new Proposer(
            context(HONEST_PROPOSER), ProposerPolicy.UNANSWERED.within(PAID_REQUESTS), SECRET);
    this.challenger = new Challenger(context(HONEST_CHALLENGER));
    for (int i = 0; i < 200 && !allRevealed(ownClaims); i++) {
      round();
    }
  }

  private boolean allRevealed(int number) {
    List<ClaimView> own = ownClaims();
    return own.size() == number
        && own.stream().allMatch(claim -> claim.status() == ClaimStatus.REVEALED);
  }

  private AgentContext context(Address account) {
    AgentListener listener =
        new AgentListener() {
          @Override
          public void onFailure(Object what, Throwable failure) {
            failures.add(failure);
          }

          @Override
          public void onDeclined(Object what, Decline why) {}
        };
    Arbiter arbiter = arena.as(account);
    return new AgentContext(
        arbiter,
        arbiter.deployment(),
        List.of(new TimedRunner()),
        new MemoryJournal(),
        listener,
        time,
        0,
        AgentLimits.DEFAULT.withTraces(
            new TraceLimits(
                rules.runners(), 0, TraceLimits.DEFAULT.kept(), TraceLimits.DEFAULT.keptBytes())));
  }

  /** Asks for something that nobody has asked for yet. */
  private RequestId request(int number, Wei fee) {
    InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(10 + number), 1);
    return arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                arena.model.id(),
                inference,
                fee,
                arena.blocks.head().time() + 20_000,
                Arena.REQUESTER,
                FinalityPolicy.least(arena.parameters, rules.nodes()),
                nonce++));
  }

  private Trace truth(RequestId request) {
    return new ToyTrace(
        arena.model, arena.as(Arena.STRANGER).request(request).orElseThrow().terms().inference());
  }

  private Trace lie(RequestId request) {
    // Not about the last node: the arbiter's toy machine knows its end for one request only.
    return new FabricatedTrace(
        truth(request), Fabrication.about(random.nextInt(rules.nodes() - 1), random.nextInt(1000)));
  }

  private List<ClaimView> ownClaims() {
    return arena.events().stream()
        .map(logged -> logged.event())
        .filter(ArbiterEvent.ClaimSealed.class::isInstance)
        .map(event -> arena.claim(((ArbiterEvent.ClaimSealed) event).claim()))
        .filter(claim -> claim.proposer().equals(HONEST_PROPOSER))
        .toList();
  }

  /** Attacks, and waits until all is decided. */
  Result run(Attack attack) {
    long start = arena.blocks.head().time();
    own = ownClaims().stream().map(ClaimView::id).toList();
    List<RequestId> requests = new ArrayList<>();
    for (int i = 0; i < attack.freeRequests(); i++) {
      requests.add(request(100 + i % 800, Wei.ZERO));
    }
    List<ClaimId> claims = new ArrayList<>();
    for (RequestId id : requests.subList(0, attack.falseClaims())) {
      Trace lie = lie(id);
      ClaimId claim =
          arena.as(ATTACKER).seal(id, Arena.seal(ATTACKER, id, lie, Arena.SALT), lie.output());
      lies.put(claim, lie);
      claims.add(claim);
    }
    rounds(5);
    for (ClaimId id : claims) {
      arena.as(ATTACKER).reveal(id, Arena.reveal(lies.get(id), Arena.SALT));
    }
    for (int i = 0; i < attack.games(); i++) {
      ClaimView claim = arena.claim(own.get(i % own.size()));
      Address account = Address.named("attacker " + i);
      arena.arbiter.fund(account, arena.parameters.money().challengerBond());
      Trace lie = lie(claim.request());
      GameId game =
          arena
              .as(account)
              .challenge(
                  claim.id(), arena.chooser().challenge(claim.finalRoot().orElseThrow(), lie));
      gameLies.put(game, lie);
    }
    for (int i = 0; i < 100_000 && isUndecided(claims); i++) {
      round();
      attackersMoves(attack);
      claims.stream().map(arena::claim).forEach(this::settleIfPossible);
    }
    long seconds = arena.blocks.head().time() - start;
    rounds(5); // until the end is final
    return result(claims, seconds);
  }

  private void rounds(int number) {
    for (int i = 0; i < number; i++) {
      round();
    }
  }

  private void round() {
    time.advance(ROUND);
    proposer.poll();
    time.settle();
    challenger.poll();
    time.settle();
    measure();
  }

  private boolean isUndecided(List<ClaimId> claims) {
    return claims.stream().anyMatch(id -> arena.claim(id).status().alive())
        || own.stream().anyMatch(id -> arena.claim(id).status().alive())
        || !openGames().isEmpty();
  }

  private List<GameView> openGames() {
    List<GameView> open = new ArrayList<>();
    games()
        .forEach((id, _) -> {
          if (!ended.contains(id)) {
            GameView game = arena.game(id);
            if (game.status() == GameStatus.OPEN) {
              open.add(game);
            } else {
              ended.add(id);
            }
          }
        });
    return open;
  }

  /** All games with the attacker's trace. */
  private Map<GameId, Trace> games() {
    lies.forEach((claim, lie) ->
        arena.claim(claim).games().forEach(game -> gameLies.putIfAbsent(game, lie)));
    return gameLies;
  }

  private void attackersMoves(Attack attack) {
    openGames().forEach(game -> attackersMove(game, attack));
  }

  private void attackersMove(GameView game, Attack attack) {
    Side side = lies.containsKey(game.claim()) ? Side.PROPOSER : Side.CHALLENGER;
    boolean mine = game.position().toMove() == side;
    boolean expired =
        game.position().word().expired(arena.blocks.head(), arena.parameters.blockSeconds());
    if (arena.claim(game.claim()).status() == ClaimStatus.REFUTED) {
      arena.as(ATTACKER).close(game.position().summary());
    } else if (expired && !mine) {
      arena.timeOut(game.id());
    } else if (!expired && mine && !waits(game, attack)) {
      arena
          .choose(game, gameLies.get(game.id()))
          .ifPresent(move -> arena.send(game.player(side), game, move));
    }
  }

  private boolean waits(GameView game, Attack attack) {
    long now = arena.blocks.head().time();
    long first = begun.computeIfAbsent(game.id(), _ -> now);
    return attack.stalls() && now - first < arena.parameters.clocks().total(rules.runSeconds()) / 2;
  }

  private void settleIfPossible(ClaimView claim) {
    if (claim.canSettle(arena.blocks.head())) {
      arena.as(ATTACKER).settle(claim.id());
    }
  }

  private void measure() {
    int alive = (int) own.stream().filter(id -> arena.claim(id).status().alive()).count();
    peakClaims = Math.max(peakClaims, alive);
    peakGames = Math.max(peakGames, openGames().size());
    now().forEach((name, size) -> sizes.merge(name, size, Math::max));
  }

  /** The sizes of the agents' collections, each of the larger. */
  private Map<String, Integer> now() {
    Map<String, Integer> now = new TreeMap<>(AgentSizes.of(proposer));
    AgentSizes.of(challenger).forEach((name, size) -> now.merge(name, size, Math::max));
    return now;
  }

  private Result result(List<ClaimId> claims, long seconds) {
    List<ClaimView> honest = ownClaims();
    return new Result(
        count(honest, ClaimStatus.REFUTED) + count(honest, ClaimStatus.EXPIRED),
        (int)
            lies.keySet().stream()
                .flatMap(claim -> arena.claim(claim).games().stream())
                .filter(id -> arena.game(id).status() == GameStatus.PROPOSER_WON)
                .count(),
        count(claims.stream().map(arena::claim).toList(), ClaimStatus.FINAL),
        honest.size(),
        peakClaims,
        peakGames,
        peakTraces,
        seconds,
        sizes,
        now(),
        failures);
  }

  private static int count(List<ClaimView> claims, ClaimStatus status) {
    return (int) claims.stream().filter(claim -> claim.status() == status).count();
  }

  /** An honest runner whose computations take a core and time. */
  private final class TimedRunner implements ModelRunner {
    @Override
    public ModelId model() {
      return arena.model.id();
    }

    @Override
    public Answer answer(InferenceRequest request) {
      cores.compute(rules.runSeconds());
      return Answer.of(new ToyTrace(arena.model, request));
    }

    @Override
    public Verification verify(Claim claim) {
      cores.compute(rules.runSeconds() + rules.checkSeconds());
      return ModelRunner.ofTraces(model(), request -> new ToyTrace(arena.model, request))
          .verify(claim);
    }

    @Override
    public Trace trace(InferenceRequest request) {
      cores.compute(rules.runSeconds());
      return new TimedTrace(new ToyTrace(arena.model, request));
    }
  }

  /** A trace that counts as open, and whose machine takes time. */
  private final class TimedTrace implements Trace {
    private final Trace trace;

    TimedTrace(Trace trace) {
      this.trace = trace;
      peakTraces = Math.max(peakTraces, ++openTraces);
    }

    @Override
    public ModelId modelId() {
      return trace.modelId();
    }

    @Override
    public InferenceRequest request() {
      return trace.request();
    }

    @Override
    public TokenIds output() {
      return trace.output();
    }

    @Override
    public long length() {
      return trace.length();
    }

    @Override
    public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
      return trace.rootsAt(boundaries);
    }

    @Override
    public SiblingPath outputPath() {
      return trace.outputPath();
    }

    @Override
    public MachineTrace machine(NodeIndex node) {
      return new TimedMachine(trace.machine(node));
    }

    @Override
    public NodeDescription describe(NodeIndex node) {
      return trace.describe(node);
    }

    @Override
    public void close() {
      openTraces--;
    }
  }

  /** Two passes: one to the end, and one for the states in between. */
  private final class TimedMachine implements MachineTrace {
    private final MachineTrace machine;
    private boolean ran;
    private boolean cut;

    TimedMachine(MachineTrace machine) {
      this.machine = machine;
    }

    @Override
    public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
      if (!cut) {
        cores.compute(rules.machineSeconds());
      }
      cut = true;
      return machine.hashesAt(boundaries);
    }

    @Override
    public MachineState stateAt(InstructionIndex boundary) {
      if (!ran) {
        cores.compute(rules.machineSeconds());
      }
      ran = true;
      return machine.stateAt(boundary);
    }

    @Override
    public Witness witnessAt(InstructionIndex index) {
      return machine.witnessAt(index);
    }

    @Override
    public String disassemble(InstructionIndex index) {
      return machine.disassemble(index);
    }

    @Override
    public long instructionCount() {
      return machine.instructionCount();
    }

    @Override
    public void close() {
      machine.close();
    }
  }
}
