package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
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
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.ethereum.abi.EventLogs;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A local arbiter with one claim that was revealed and one that was not, whose machine gives the
 * result that the witness is. What happens to it is written down for a contract to repeat.
 */
final class GameWorld {
  static final Address PROPOSER = Address.named("proposer");
  static final Address STRANGER = Address.named("stranger");
  static final Address POOR = Address.named("poor");
  static final List<Address> CHALLENGERS =
      List.of(Address.named("first"), Address.named("second"), Address.named("third"));

  private static final int WORDS_OF_ACCOUNTS = 5;
  private static final List<Address> ACCOUNTS =
      List.of(PROPOSER, CHALLENGERS.get(0), CHALLENGERS.get(1), CHALLENGERS.get(2), STRANGER);
  private static final byte[] ANY_REFUSAL = {-1, -1, -1, -1};

  final ManualBlocks blocks = new ManualBlocks();
  final ArbiterIdentity identity;
  final ArbiterParameters parameters;
  final LocalArbiter arbiter;
  final ClaimId revealed;
  final ClaimId hidden;
  final StateRoot finalRoot;
  final long traceLength;
  private final List<ArbiterEvent> events = new ArrayList<>();
  private final List<byte[]> lines = new ArrayList<>();

  GameWorld(RandomGenerator random) {
    GraphMode mode = random.nextInt(6) == 0 ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE;
    long wanted = random.nextInt(8) == 0 ? 1L << 40 : 1 + random.nextLong(1L << random.nextInt(41));
    int tokens = (int) Math.ceilDiv(wanted, 1L << 30);
    GraphHeader header = new GraphHeader(mode, (int) (wanted / tokens), 1000, 1100, TokenIds.EMPTY);
    InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(5), tokens);
    SyntheticModel model = new SyntheticModel(header);
    Registration registration = model.registration();
    this.traceLength = inference.traceLength(header);
    this.identity =
        new ArbiterIdentity(31337, new Address(random.nextInt(), random.nextLong(), 12345));
    this.parameters = parameters(random, traceLength, registration.programRoot());
    this.arbiter = new LocalArbiter(identity, parameters, SyntheticTrace.ECHO, blocks);
    for (Address account : ACCOUNTS) {
      arbiter.fund(account, Wei.ether(1_000_000));
    }
    as(STRANGER).register(registration, new ModelSource(Bytes32.ZERO, ""));
    RequestId request =
        as(STRANGER)
            .request(
                new RequestTerms(
                    model.id(),
                    inference,
                    Wei.ZERO,
                    blocks.head().time() + Windows.of(parameters).leastSealing(traceLength),
                    STRANGER,
                    FinalityPolicy.least(parameters, traceLength),
                    0));
    TokenIds output = TokenIds.of(7);
    MerkleTree memory =
        model.image().withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(output));
    this.finalRoot = new StateRoot(memory.root());
    this.hidden = seal(request, output, new Salt(Bytes32.ZERO));
    Salt salt = new Salt(new Bytes32(1, 2, 3, 4));
    this.revealed = seal(request, output, salt);
    while (!claim().canReveal(blocks.head())) {
      blocks.advance(12);
    }
    as(PROPOSER).reveal(revealed, new Reveal(finalRoot, memory.path(MemoryRegion.OUTPUT), salt));
    lines.add(deployment());
    lines.add(claim(revealed));
    lines.add(claim(hidden));
    arbiter.subscribe(logged -> events.add(logged.event()));
  }

  /** Parameters in which each number is another. */
  private static ArbiterParameters parameters(
      RandomGenerator random, long traceLength, Bytes32 program) {
    boolean tight = random.nextBoolean();
    long odd = random.nextLong(1_000_000);
    WorkRules work = new WorkRules(1 + random.nextInt(200), 3600);
    return new ArbiterParameters(
        new Arity(2 + random.nextInt(63), 2 + random.nextInt(63)),
        new ClockRules(3598, random.nextInt(2000), 60),
        new WindowRules(60, 599, 7197, 3598),
        new MoneyRules(
            Wei.gwei(tight ? 740_000_000L : 100_000_000_000L).plus(Wei.of(odd)),
            Wei.of(random.nextInt(1000)),
            Wei.gwei(tight ? 730_000_000L : 20_000_000_000L).plus(Wei.of(random.nextInt(1000))),
            Wei.gwei(100_000_000),
            tight ? 5000 : 5000 + random.nextInt(4500),
            new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_001), Wei.gwei(30_000_002)),
            tight ? 0 : random.nextInt(9)),
        work.seconds(traceLength) <= 3600 ? work : new WorkRules(0, 3600),
        1 + random.nextInt(60),
        Map.of(GraphHeader.CURRENT_VERSION, Set.of(program)));
  }

  private ClaimId seal(RequestId request, TokenIds output, Salt salt) {
    OutputRoot root = Commitments.outputRoot(output);
    Seal seal = Seal.of(identity, request, PROPOSER, root, finalRoot, salt);
    return as(PROPOSER).seal(request, seal, output);
  }

  Arbiter as(Address account) {
    return arbiter.connect(account);
  }

  Optional<GameView> game(Address challenger) {
    return as(STRANGER).game(GameId.of(identity, revealed, challenger));
  }

  /** Games that are over. */
  long ended() {
    return CHALLENGERS.stream()
        .flatMap(challenger -> game(challenger).stream())
        .filter(game -> game.status() != GameStatus.OPEN)
        .count();
  }

  ClaimView claim() {
    return as(STRANGER).claim(revealed).orElseThrow();
  }

  /**
   * Makes a call, and writes down what came of it.
   *
   * @param challenger whose game it is about
   * @return why it was refused; empty if it was not, or if its word is none
   */
  Optional<Refusal> make(Address sender, Address challenger, GameCall call) {
    int before = events.size();
    Optional<ArbiterCall> said = call.call(identity, parameters.arity());
    Optional<Refusal> refusal =
        said.flatMap(one -> {
          try {
            as(sender).send(one);
            return Optional.empty();
          } catch (ArbiterRefusedException e) {
            return Optional.of(e.reason());
          }
        });
    byte[] selector =
        said.isEmpty() ? ANY_REFUSAL : refusal.map(Signatures::encode).orElse(new byte[4]);
    List<EventLogs> logs =
        events.subList(before, events.size()).stream()
            .filter(it -> it instanceof GameEvent || it instanceof ArbiterEvent.ClaimRefuted)
            .map(EventLogs::of)
            .toList();
    boolean pays = call instanceof GameCall.Challenge && !sender.equals(POOR);
    List<Abi> line = new ArrayList<>();
    line.add(Abi.number(3));
    line.add(Abi.address(sender));
    line.add(Abi.wei(pays ? parameters.money().challengerBond() : Wei.ZERO));
    line.add(Abi.number(blocks.head().time()));
    line.add(Abi.number(blocks.head().number()));
    line.add(Abi.number(new BigInteger(1, selector)));
    line.add(Abi.word(revealed.value()));
    line.add(Abi.word(GameId.of(identity, revealed, challenger).value()));
    line.add(Abi.word(stored(challenger)));
    line.add(Abi.number(1 + claim().status().ordinal()));
    line.add(Abi.number(claim().openGames()));
    line.add(Abi.wei(claim().quota()));
    line.add(Abi.number(logs.size()));
    line.add(Abi.number(WORDS_OF_ACCOUNTS));
    ACCOUNTS.forEach(account -> line.add(Abi.address(account)));
    ACCOUNTS.forEach(account -> line.add(Abi.wei(as(STRANGER).credit(account))));
    lines.add(Abi.concat(Abi.encode(line.toArray(Abi[]::new)), call.data()));
    for (EventLogs log : logs) {
      List<Bytes32> topics = log.allTopics();
      List<Abi> head = new ArrayList<>(List.of(Abi.number(4), Abi.number(topics.size())));
      topics.forEach(topic -> head.add(Abi.word(topic)));
      lines.add(Abi.concat(Abi.encode(head.toArray(Abi[]::new)), log.data().encode()));
    }
    return refusal;
  }

  private Bytes32 stored(Address challenger) {
    return game(challenger)
        .map(game ->
            game.status() == GameStatus.OPEN
                ? game.positionHash().value()
                : new Bytes32(0, 0, 0, 1))
        .orElse(Bytes32.ZERO);
  }

  private byte[] deployment() {
    return Abi.encode(Abi.number(1), Abi.address(identity.arbiter()), Signatures.of(parameters));
  }

  private byte[] claim(ClaimId id) {
    ClaimView claim = as(STRANGER).claim(id).orElseThrow();
    var request = as(STRANGER).request(claim.request()).orElseThrow();
    var since = claim.challenge().orElse(claim.reveal()).start();
    boolean single =
        as(STRANGER).model(request.terms().model()).orElseThrow().header().mode()
            == GraphMode.SINGLE_PHASE;
    return Abi.encode(
        Abi.number(2),
        Abi.word(id.value()),
        Abi.word(claim.request().value()),
        Abi.word(request.initialRoot().value()),
        Abi.word(claim.finalRoot().map(StateRoot::value).orElse(Bytes32.ZERO)),
        Abi.address(claim.proposer()),
        Abi.number(1 + claim.status().ordinal()),
        Abi.bool(single),
        Abi.number(claim.number()),
        Abi.wei(request.terms().policy().bond()),
        Abi.number(traceLength - 1),
        Abi.number(request.terms().policy().challengeWindow()),
        Abi.number(since.time()),
        Abi.number(since.number()));
  }

  /**
   * Text that a test of the contract reads: a line for the deployment, each claim, call and event.
   */
  List<byte[]> lines() {
    return lines;
  }
}
