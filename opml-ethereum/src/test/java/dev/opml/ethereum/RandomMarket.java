package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.Window;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Subdivision;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Random lives of requests before the arbiter in this process: calls that are possible and that are
 * not, often at the edges of windows. Everything follows from the seed, and is recorded.
 */
final class RandomMarket {
  private static final Address POOR = Address.named("poor");
  private static final List<Address> ACCOUNTS =
      Stream.concat(
              IntStream.range(0, 5).mapToObj(i -> Address.named("account " + i)), Stream.of(POOR))
          .toList();
  private static final int VOCABULARY = 1000;

  private final Random random;
  private final ManualBlocks blocks = new ManualBlocks();
  private final ArbiterParameters parameters;
  private final Recorder record;
  private final SyntheticModel model = model(GraphMode.ROW_PER_NODE, 1000);
  private final SyntheticModel longModel = model(GraphMode.ROW_PER_NODE, 1 << 30);
  private final SyntheticModel singleModel = model(GraphMode.SINGLE_PHASE, 1000);
  private final SyntheticModel unknownModel = model(GraphMode.ROW_PER_NODE, 7);
  private final List<RequestTerms> asked = new ArrayList<>();
  private final List<RequestId> requests = new ArrayList<>();
  private final List<ClaimId> claims = new ArrayList<>();
  private final List<GameId> games = new ArrayList<>();
  private final Map<ClaimId, Reveal> reveals = new HashMap<>();
  private final List<ArbiterCall.SealClaim> seals = new ArrayList<>();

  RandomMarket(long seed) {
    random = new Random(seed);
    parameters = parameters();
    Map<Address, Wei> funds = new LinkedHashMap<>();
    ACCOUNTS.forEach(account -> funds.put(account, new Wei(BigInteger.TWO.pow(110))));
    funds.put(POOR, Wei.of(1));
    record = new Recorder(parameters, blocks, funds);
    List.of(model, longModel, singleModel, unknownModel).forEach(record::know);
  }

  private static SyntheticModel model(GraphMode mode, int nodesPerToken) {
    return new SyntheticModel(
        new GraphHeader(mode, nodesPerToken, VOCABULARY, 1100, TokenIds.of(VOCABULARY - 1)));
  }

  private ArbiterParameters parameters() {
    return new ArbiterParameters(
        new Arity(8, 16),
        new ClockRules(3600, 500, 60),
        new WindowRules(60, 600, 7200, 3600, 20_000, 10_000),
        new MoneyRules(
            Wei.ether(3),
            Wei.gwei(random.nextInt(1000)),
            Wei.ether(1),
            Wei.gwei(100_000_000),
            5_000 + random.nextInt(100),
            new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_000), Wei.gwei(30_000_000)),
            8),
        new WorkRules(random.nextInt(100_000), 400),
        ManualBlocks.SECONDS_PER_BLOCK,
        Map.of(GraphHeader.CURRENT_VERSION, Set.of(model.registration().programRoot())));
  }

  /** Lives for some calls. */
  Recorder live(int calls) {
    register(model);
    register(longModel);
    register(singleModel);
    for (int i = 0; i < calls; i++) {
      pass();
      step();
    }
    requests.forEach(record::result);
    return record;
  }

  private boolean send(Address sender, ArbiterCall call) {
    return record.send(sender, call).refusal().isEmpty();
  }

  private void make(Address sender, ArbiterCall call) {
    boolean _ = send(sender, call);
  }

  private void step() {
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> request();
      case 4 -> again();
      case 5, 6, 7, 8 -> seal();
      case 9 -> sealAgain();
      case 10, 11, 12 -> reveal(random.nextInt(4) > 0);
      case 13 -> make(any(ACCOUNTS), new ArbiterCall.Expire(anyClaim()));
      case 14, 15 -> make(any(ACCOUNTS), new ArbiterCall.Settle(anyClaim()));
      case 16 -> make(any(ACCOUNTS), new ArbiterCall.PayFee(anyRequest()));
      case 17 -> make(any(ACCOUNTS), new ArbiterCall.Refund(anyRequest()));
      case 18 -> make(any(ACCOUNTS), new ArbiterCall.Withdraw());
      case 19, 20 -> challenge();
      case 21, 22 -> play();
      default -> {
        if (random.nextInt(5) == 0) {
          register(model);
        } else {
          record.result(anyRequest());
        }
      }
    }
  }

  /** Some time, or just until a window ends. */
  private void pass() {
    switch (random.nextInt(30)) {
      case 0 -> blocks.advance(random.nextInt(3000));
      case 1 -> blocks.standStill(random.nextInt(100_000));
      case 2, 3, 4, 5 -> {
        List<Window> windows = windows();
        long left = windows.isEmpty() ? 0 : any(windows).secondsLeft(blocks.head());
        if (left >= 0) {
          blocks.advance(left + random.nextInt(2));
        }
      }
      case 6, 7, 8, 9, 10, 11 -> blocks.advance(random.nextInt(60));
      default -> {
        // More in the same block.
      }
    }
  }

  private List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (int i = Math.max(0, requests.size() - 3); i < requests.size(); i++) {
      RequestView request = view().request(requests.get(i)).orElseThrow();
      windows.add(request.sealing());
      for (ClaimId id : request.claims()) {
        ClaimView claim = view().claim(id).orElseThrow();
        if (claim.status() == ClaimStatus.SEALED) {
          windows.add(claim.revealDelay());
          windows.add(claim.reveal());
        }
        claim.challenge().ifPresent(windows::add);
      }
    }
    return windows;
  }

  private Arbiter view() {
    return record.connect(POOR);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** One of the last, mostly. */
  private <T> Optional<T> recent(List<T> list) {
    if (list.isEmpty() || random.nextInt(40) == 0) {
      return Optional.empty();
    }
    int among = random.nextInt(10) == 0 ? list.size() : Math.min(list.size(), 6);
    return Optional.of(list.get(list.size() - 1 - random.nextInt(among)));
  }

  private ClaimId anyClaim() {
    return recent(claims).orElse(new ClaimId(word()));
  }

  private RequestId anyRequest() {
    return recent(requests.subList(Math.max(0, requests.size() - 3), requests.size()))
        .orElse(new RequestId(word()));
  }

  private Bytes32 word() {
    return new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private void register(SyntheticModel it) {
    make(
        any(ACCOUNTS),
        new ArbiterCall.Register(
            it.registration(), new ModelSource(word(), "place " + random.nextInt())));
  }

  private void request() {
    int kind = random.nextInt(20);
    SyntheticModel chosen =
        switch (kind) {
          case 0 -> unknownModel;
          case 1, 2 -> longModel;
          case 3, 4 -> singleModel;
          default -> model;
        };
    InferenceRequest inference = inference();
    long length = length(inference, chosen.header());
    Windows windows = Windows.of(parameters);
    MoneyRules money = parameters.money();
    long sealing =
        within(windows.leastSealing(length), parameters.windows().longestSealingWindow());
    long challenge =
        within(windows.leastChallenge(length), parameters.windows().longestChallengeWindow());
    Wei bond =
        switch (random.nextInt(20)) {
          case 0 -> money.leastBond(length).minus(Wei.of(1));
          case 1 -> money.mostBond(length).plus(Wei.of(1));
          case 2 -> money.mostBond(length);
          default -> money.leastBond(length);
        };
    Wei fee =
        switch (random.nextInt(20)) {
          case 0 -> Wei.MOST;
          case 1 -> Wei.MOST.plus(Wei.of(1));
          case 2 -> Wei.ZERO;
          default -> Wei.of(random.nextInt(1_000_000));
        };
    RequestTerms terms =
        new RequestTerms(
            Commitments.modelId(chosen.registration().imageRoot(), chosen.header()),
            inference,
            fee,
            blocks.head().time() + sealing,
            any(ACCOUNTS),
            new FinalityPolicy(challenge, bond),
            random.nextLong());
    asked.add(terms);
    request(any(ACCOUNTS), terms);
  }

  private void again() {
    recent(asked).ifPresent(terms -> request(any(ACCOUNTS), terms));
  }

  private void request(Address requester, RequestTerms terms) {
    if (send(requester, new ArbiterCall.Request(terms))) {
      requests.add(terms.id(Recorder.IDENTITY, requester));
      if (random.nextInt(10) == 0) {
        make(requester, new ArbiterCall.Request(terms));
      }
    }
  }

  /** Mostly the least, sometimes more, and seldom what is refused. */
  private long within(long least, long most) {
    return switch (random.nextInt(20)) {
      case 0 -> least - 1;
      case 1 -> most + 1;
      case 2 -> most;
      case 3 -> -random.nextInt(100_000);
      case 4, 5 -> least + random.nextInt((int) Math.max(1, most - least));
      default -> least;
    };
  }

  private static long length(InferenceRequest inference, GraphHeader header) {
    try {
      return inference.traceLength(header);
    } catch (OpmlException e) {
      return 1;
    }
  }

  private InferenceRequest inference() {
    TokenIds prompt = TokenIds.of(random.ints(1 + random.nextInt(3), 0, VOCABULARY + 1).toArray());
    if (random.nextInt(4) == 0) {
      Choices choices = Choices.of(List.of(TokenIds.of(random.nextInt(10), 11), TokenIds.of(12)));
      return new InferenceRequest(
          prompt,
          2,
          new SamplingParameters(
              1.5f, random.nextInt(9), 0.5f, 0.25f, random.nextLong(), new Penalties(2, -1, 1, 5)),
          StopPolicy.NEVER,
          choices);
    }
    int most = random.nextInt(20) == 0 ? 1000 + random.nextInt(120) : 1 + random.nextInt(3);
    return InferenceRequest.greedy(prompt, most);
  }

  private void seal() {
    Address proposer = any(ACCOUNTS);
    RequestId id = anyRequest();
    Optional<RequestView> request = view().request(id);
    int count = random.nextInt(request.map(it -> it.terms().inference().maxNewTokens()).orElse(3));
    int variant = random.nextInt(2);
    TokenIds output =
        switch (random.nextInt(20)) {
          case 0 -> TokenIds.EMPTY;
          case 1 -> TokenIds.of(VOCABULARY);
          case 2 -> TokenIds.of(IntStream.range(0, 4).toArray());
          default -> TokenIds.of(IntStream.rangeClosed(0, Math.min(variant, count)).toArray());
        };
    Salt salt = new Salt(word());
    MerkleTree end =
        model
            .image()
            .withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(output))
            .withBytes(MemoryRegion.STATE.base(), SyntheticModel.leaf(random.nextInt(2)));
    Reveal reveal = new Reveal(new StateRoot(end.root()), end.path(MemoryRegion.OUTPUT), salt);
    Seal seal =
        Seal.of(
            Recorder.IDENTITY,
            id,
            proposer,
            Commitments.outputRoot(output),
            reveal.finalRoot(),
            salt);
    ArbiterCall.SealClaim call = new ArbiterCall.SealClaim(id, seal, output);
    seals.add(call);
    if (send(proposer, call)) {
      ClaimId claim = ClaimId.of(Recorder.IDENTITY, id, proposer, seal);
      claims.add(claim);
      reveals.put(claim, reveal);
      if (random.nextInt(10) == 0) {
        make(proposer, call);
      }
    }
  }

  /** Uses a seal of somebody's as it is, which is of no good to anybody else. */
  private void sealAgain() {
    Optional<ArbiterCall.SealClaim> call = recent(seals);
    if (call.isPresent()) {
      RequestId request = call.get().request();
      Address proposer = any(ACCOUNTS);
      if (send(proposer, call.get())) {
        claims.add(ClaimId.of(Recorder.IDENTITY, request, proposer, call.get().seal()));
      }
    }
  }

  private void reveal(boolean careful) {
    List<ClaimId> sealed =
        claims.stream()
            .filter(it -> view().claim(it).orElseThrow().canReveal(blocks.head()))
            .toList();
    ClaimId id = careful && !sealed.isEmpty() ? any(sealed) : anyClaim();
    Optional<ClaimView> claim = view().claim(id);
    Reveal right =
        reveals.getOrDefault(
            id,
            new Reveal(
                new StateRoot(word()), model.image().path(MemoryRegion.OUTPUT), new Salt(word())));
    Reveal reveal =
        switch (random.nextInt(12)) {
          case 0 -> new Reveal(new StateRoot(word()), right.outputPath(), right.salt());
          case 1 -> new Reveal(right.finalRoot(), right.outputPath(), new Salt(word()));
          case 2, 3 ->
              new Reveal(right.finalRoot(), model.image().path(MemoryRegion.INPUT), right.salt());
          default -> right;
        };
    Address sender =
        random.nextInt(12) == 0 ? any(ACCOUNTS) : claim.map(ClaimView::proposer).orElse(POOR);
    make(sender, new ArbiterCall.RevealClaim(id, reveal));
  }

  private void challenge() {
    List<ClaimId> revealed =
        claims.stream()
            .filter(it -> view().claim(it).orElseThrow().status() == ClaimStatus.REVEALED)
            .toList();
    if (revealed.isEmpty()) {
      return;
    }
    ClaimView claim = view().claim(any(revealed)).orElseThrow();
    long length = view().request(claim.request()).orElseThrow().traceLength();
    List<StateRoot> interior =
        Stream.generate(() -> new StateRoot(word()))
            .limit(Segments.count(parameters.arity().nodes(), length) - 1)
            .toList();
    Address challenger = any(ACCOUNTS);
    Opening opening = new Opening(claim.finalRoot().orElseThrow(), new StateRoot(word()), interior);
    if (send(challenger, new ArbiterCall.Challenge(claim.id(), opening))) {
      games.add(GameId.of(Recorder.IDENTITY, claim.id(), challenger));
    }
  }

  /** Answers a challenge, or ends a game by the clock or because its claim was refuted. */
  private void play() {
    List<GameView> open =
        games.stream()
            .map(id -> view().game(id).orElseThrow())
            .filter(game -> game.status() == GameStatus.OPEN)
            .toList();
    if (open.isEmpty()) {
      return;
    }
    GameView game = any(open);
    ClaimView claim = view().claim(game.claim()).orElseThrow();
    if (claim.status() == ClaimStatus.REFUTED) {
      make(POOR, new ArbiterCall.Close(game.position().summary()));
    } else if (game.position().phase() == Phase.NODES && random.nextInt(3) > 0) {
      long size = game.position().boundary(1) - game.position().boundary(0);
      List<Bytes32> interior =
          Stream.generate(this::word)
              .limit(Segments.count(parameters.arity().nodes(), size) - 1)
              .toList();
      make(
          game.player(game.position().toMove()),
          new ArbiterCall.Subdivide(game.position().open(0), new Subdivision(word(), interior)));
    } else {
      if (random.nextInt(3) == 0) {
        blocks.advance(6000);
      }
      make(POOR, new ArbiterCall.TimeOut(game.position().summary()));
    }
  }
}
