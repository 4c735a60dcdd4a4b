package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.game.Subdivision;
import dev.opml.merkle.MerkleTree;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** The scenarios that every arbiter plays: each refusal, each end, and the edges of the rules. */
final class Scenarios {
  private static final ModelSource NOWHERE = new ModelSource(Bytes32.ZERO, "");
  private static final Bytes32 NOISE = new Bytes32(9, 8, 7, 6);

  private Scenarios() {}

  static List<Scenario> all() {
    List<Scenario> all =
        new ArrayList<>(
            List.of(
                new Scenario("registrations", Scenarios::registrations),
                new Scenario("requests that are refused", Scenarios::refusedRequests),
                new Scenario("an account that has too little", Scenarios::tooLittle),
                new Scenario("a request that nobody answers", Scenarios::noAnswer),
                new Scenario("seals that are refused", Scenarios::refusedSeals),
                new Scenario("a seal that is never revealed", Scenarios::noReveal),
                new Scenario("reveals that are refused", Scenarios::refusedReveals),
                new Scenario("a true claim that nobody challenges", Scenarios::unchallenged),
                new Scenario("two claims with the same root", Scenarios::sameRoot),
                new Scenario("two claims with other roots", Scenarios::otherRoots),
                new Scenario("the proposer lies", Scenarios::proposerLies),
                new Scenario("the challenger lies", Scenarios::challengerLies),
                new Scenario("the last move brings its witness", Scenarios::proved),
                new Scenario("both lie", Scenarios::bothLie),
                new Scenario("challenges that are refused", Scenarios::refusedChallenges),
                new Scenario("moves that are refused", Scenarios::refusedMoves),
                new Scenario("moves in the machine that are refused", Scenarios::refusedInNode),
                new Scenario("the proposer's clock runs out", Scenarios::proposerSleeps),
                new Scenario("the challenger's clock runs out", Scenarios::challengerSleeps),
                new Scenario("several games on a claim", Scenarios::severalGames),
                new Scenario("a claim that wins some games and loses one", Scenarios::winsAndLoses),
                new Scenario("a chain that stands still", Scenarios::standsStill),
                new Scenario("the last second of each window", Scenarios::lastSeconds)));
    for (MoneyRules money : Scenario.EDGES) {
      String name =
          "money: " + money.burnBasisPoints() + ", " + money.rewards() + ", " + money.bounty();
      all.add(scenario(name + ", the proposer lies", money, 1000, Scenarios::severalGames));
      all.add(scenario(name + ", the challenger lies", money, 1000, Scenarios::challengerLies));
      all.add(scenario(name + ", both lie", money, 1000, Scenarios::bothLie));
    }
    all.add(scenario("one node", Scenario.MONEY, 1, Scenarios::proposerLies));
    all.add(
        new Scenario(
            "a single phase",
            Scenario.MONEY,
            GraphMode.SINGLE_PHASE,
            1000,
            Scenarios::proposerLies));
    return all;
  }

  private static Scenario scenario(
      String name, MoneyRules money, int nodes, Consumer<Stage> calls) {
    return new Scenario(name, money, GraphMode.ROW_PER_NODE, nodes, calls);
  }

  private static void registrations(Stage stage) {
    Registration good = stage.model.registration();
    ArbiterCall again = new ArbiterCall.Register(good, new ModelSource(NOISE, "elsewhere"));
    stage.accepts(Player.STRANGER, again);
    stage.refuses(
        Refusal.INVALID_REGISTRATION,
        Player.STRANGER,
        new ArbiterCall.Register(good, new ModelSource(Bytes32.ZERO, "é".repeat(513))));
    stage.refuses(
        Refusal.INVALID_REGISTRATION,
        Player.STRANGER,
        new ArbiterCall.Register(
            new Registration(
                good.imageRoot(),
                Stage.model(GraphMode.ROW_PER_NODE, 999).header(),
                good.headerPath(),
                good.programRoot(),
                good.programPath(),
                good.inputPath(),
                good.outputPath(),
                good.statePath()),
            NOWHERE));
    MerkleTree other =
        stage.model.image().withBytes(MemoryRegion.PROGRAM.base(), SyntheticModel.leaf(7));
    stage.refuses(
        Refusal.PROGRAM_NOT_ALLOWED,
        Player.STRANGER,
        new ArbiterCall.Register(
            new SyntheticModel(stage.model.header(), other).registration(), NOWHERE));
  }

  private static void refusedRequests(Stage stage) {
    SyntheticModel unknown = Stage.model(GraphMode.ROW_PER_NODE, 7);
    SyntheticModel large = Stage.model(GraphMode.ROW_PER_NODE, 1 << 30);
    stage.arbiter().know(unknown);
    stage.arbiter().know(large);
    stage.accepts(Player.STRANGER, new ArbiterCall.Register(large.registration(), NOWHERE));
    FinalityPolicy least = FinalityPolicy.least(stage.parameters, stage.truth.length());
    stage.refuses(
        Refusal.UNKNOWN_MODEL,
        Player.REQUESTER,
        new ArbiterCall.Request(stage.terms(unknown, stage.inference, Wei.ZERO, least, 0)));
    stage.refuses(
        Refusal.REQUEST_OUT_OF_LIMITS,
        Player.REQUESTER,
        new ArbiterCall.Request(
            stage.terms(
                stage.model, InferenceRequest.greedy(TokenIds.of(1000), 1), Wei.ZERO, least, 0)));
    stage.refuses(
        Refusal.TRACE_TOO_LONG,
        Player.REQUESTER,
        new ArbiterCall.Request(
            stage.terms(large, InferenceRequest.greedy(TokenIds.of(5), 1025), Wei.ZERO, least, 0)));
    stage.refuses(
        Refusal.TOO_MUCH_WORK,
        Player.REQUESTER,
        new ArbiterCall.Request(stage.terms(large, stage.inference, Wei.ZERO, least, 0)));
    stage.refuses(
        Refusal.POLICY_OUT_OF_RANGE,
        Player.REQUESTER,
        new ArbiterCall.Request(
            stage.terms(
                stage.model,
                stage.inference,
                Wei.ZERO,
                new FinalityPolicy(least.challengeWindow(), least.bond().minus(Wei.of(1))),
                0)));
    stage.refuses(
        Refusal.AMOUNT_OUT_OF_RANGE,
        Player.REQUESTER,
        new ArbiterCall.Request(
            stage.terms(stage.model, stage.inference, Wei.MOST.plus(Wei.of(1)), least, 0)));
    var terms = stage.terms(0);
    stage.ask(terms);
    stage.refuses(Refusal.DUPLICATE, Player.REQUESTER, new ArbiterCall.Request(terms));
  }

  private static void tooLittle(Stage stage) {
    FinalityPolicy least = FinalityPolicy.least(stage.parameters, stage.truth.length());
    stage.refuses(
        Refusal.INSUFFICIENT_FUNDS,
        Player.POOR,
        new ArbiterCall.Request(stage.terms(stage.model, stage.inference, Wei.ether(1), least, 0)));
    RequestId request = stage.ask();
    stage.refuses(
        Refusal.INSUFFICIENT_FUNDS, Player.POOR, stage.sealing(Player.POOR, request, stage.truth));
    ClaimId claim = stage.claim(Player.PROPOSER, request, stage.lie);
    stage.refuses(
        Refusal.INSUFFICIENT_FUNDS, Player.POOR, stage.challenging(claim, stage.lie, stage.truth));
  }

  private static void noAnswer(Stage stage) {
    RequestId request = stage.ask();
    ArbiterCall refund = new ArbiterCall.Refund(request);
    stage.refuses(
        Refusal.UNKNOWN_REQUEST, Player.STRANGER, new ArbiterCall.Refund(new RequestId(NOISE)));
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, refund);
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.pass(5_000);
    stage.refuses(
        Refusal.TOO_LATE, Player.PROPOSER, stage.sealing(Player.PROPOSER, request, stage.truth));
    stage.accepts(Player.STRANGER, refund);
    stage.refuses(Refusal.REQUEST_CLOSED, Player.STRANGER, refund);
    stage.refuses(
        Refusal.REQUEST_CLOSED,
        Player.PROPOSER,
        stage.sealing(Player.PROPOSER, request, stage.truth));
    stage.refuses(Refusal.FEE_GONE, Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.accepts(Player.REQUESTER, new ArbiterCall.Withdraw());
    stage.accepts(Player.REQUESTER, new ArbiterCall.Withdraw());
  }

  private static void refusedSeals(Stage stage) {
    RequestId request = stage.ask();
    Seal seal = stage.seal(Player.PROPOSER, request, stage.truth);
    stage.refuses(
        Refusal.UNKNOWN_REQUEST,
        Player.PROPOSER,
        new ArbiterCall.SealClaim(new RequestId(NOISE), seal, stage.truth.output()));
    for (TokenIds output : List.of(TokenIds.EMPTY, TokenIds.of(1, 2), TokenIds.of(1000))) {
      stage.refuses(
          Refusal.OUTPUT_OUT_OF_LIMITS,
          Player.PROPOSER,
          new ArbiterCall.SealClaim(request, seal, output));
    }
    ArbiterCall good = stage.sealing(Player.PROPOSER, request, stage.truth);
    stage.accepts(Player.PROPOSER, good);
    stage.refuses(Refusal.DUPLICATE, Player.PROPOSER, good);
    stage.accepts(Player.RIVAL, good);
    ClaimId copied = ClaimId.of(Recorder.IDENTITY, request, Player.RIVAL.address(), seal);
    stage.pass(60);
    stage.refuses(
        Refusal.SEAL_MISMATCH, Player.RIVAL, stage.revealing(Player.PROPOSER, copied, stage.truth));
  }

  private static void noReveal(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.sealed(Player.PROPOSER, request, stage.truth);
    ArbiterCall expire = new ArbiterCall.Expire(claim);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, expire);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.STRANGER, new ArbiterCall.Settle(claim));
    stage.pass(6_000);
    stage.refuses(
        Refusal.TOO_LATE, Player.PROPOSER, stage.revealing(Player.PROPOSER, claim, stage.truth));
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, new ArbiterCall.Refund(request));
    stage.accepts(Player.STRANGER, expire);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.STRANGER, expire);
    // Others have time for sealing again.
    stage.sealed(Player.RIVAL, request, stage.truth);
  }

  private static void refusedReveals(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.sealed(Player.PROPOSER, request, stage.truth);
    ArbiterCall good = stage.revealing(Player.PROPOSER, claim, stage.truth);
    stage.refuses(Refusal.TOO_EARLY, Player.PROPOSER, good);
    stage.pass(60);
    stage.refuses(Refusal.NOT_YOURS, Player.STRANGER, good);
    stage.refuses(
        Refusal.SEAL_MISMATCH, Player.PROPOSER, stage.revealing(Player.PROPOSER, claim, stage.lie));
    stage.refuses(
        Refusal.OUTPUT_NOT_IN_FINAL_ROOT,
        Player.PROPOSER,
        new ArbiterCall.RevealClaim(
            claim,
            new Reveal(
                stage.truth.finalRoot(), stage.lie.outputPath(), stage.salt(Player.PROPOSER))));
    stage.refuses(
        Refusal.UNKNOWN_CLAIM,
        Player.PROPOSER,
        stage.revealing(Player.PROPOSER, new ClaimId(NOISE), stage.truth));
    stage.accepts(Player.PROPOSER, good);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.PROPOSER, good);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.PROPOSER, new ArbiterCall.Expire(claim));
  }

  private static void unchallenged(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.claim(Player.PROPOSER, request, stage.truth);
    ArbiterCall settle = new ArbiterCall.Settle(claim);
    ArbiterCall pay = new ArbiterCall.PayFee(request);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, settle);
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, pay);
    stage.passChallenges();
    stage.refuses(Refusal.TOO_LATE, Player.FIRST, stage.challenging(claim, stage.truth, stage.lie));
    stage.accepts(Player.STRANGER, settle);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.STRANGER, settle);
    stage.refuses(Refusal.REQUEST_CLOSED, Player.STRANGER, new ArbiterCall.Refund(request));
    stage.accepts(Player.STRANGER, pay);
    stage.refuses(Refusal.FEE_GONE, Player.STRANGER, pay);
    stage.accepts(Player.PROPOSER, new ArbiterCall.Withdraw());
  }

  /** The later one is final first; the fee waits for the earlier one and goes to it. */
  private static void sameRoot(Stage stage) {
    RequestId request = stage.ask();
    ClaimId first = stage.sealed(Player.PROPOSER, request, stage.truth);
    ClaimId second = stage.sealed(Player.RIVAL, request, stage.truth);
    stage.pass(60);
    stage.accepts(Player.RIVAL, stage.revealing(Player.RIVAL, second, stage.truth));
    stage.pass(300);
    stage.accepts(Player.PROPOSER, stage.revealing(Player.PROPOSER, first, stage.truth));
    stage.pass(6_903);
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(second));
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, new ArbiterCall.Settle(first));
    stage.pass(400);
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(first));
    stage.accepts(Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.accepts(Player.PROPOSER, new ArbiterCall.Withdraw());
    stage.accepts(Player.RIVAL, new ArbiterCall.Withdraw());
  }

  /** Nobody challenges the false one, which was sealed earlier and is final later. */
  private static void otherRoots(Stage stage) {
    RequestId request = stage.ask();
    ClaimId wrong = stage.sealed(Player.PROPOSER, request, stage.lie);
    ClaimId right = stage.claim(Player.RIVAL, request, stage.truth);
    stage.accepts(Player.PROPOSER, stage.revealing(Player.PROPOSER, wrong, stage.lie));
    stage.passChallenges();
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(right));
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(wrong));
    stage.accepts(Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.accepts(Player.RIVAL, new ArbiterCall.Withdraw());
  }

  private static void proposerLies(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.claim(Player.PROPOSER, request, stage.lie);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    Duel duel = stage.duel(stage.lie, stage.truth);
    GameView last = stage.playTo(Phase.INSTRUCTION, Player.FIRST, game, duel);
    stage.accepts(Player.STRANGER, duel.next(last)); // a witness is anybody's
    stage.refuses(Refusal.GAME_OVER, Player.STRANGER, duel.next(last));
    stage.refuses(
        Refusal.GAME_OVER, Player.STRANGER, new ArbiterCall.TimeOut(last.position().summary()));
    stage.refuses(
        Refusal.GAME_OVER, Player.STRANGER, new ArbiterCall.Close(last.position().summary()));
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.STRANGER, new ArbiterCall.Settle(claim));
    stage.refuses(
        Refusal.WRONG_CLAIM_STATUS,
        Player.SECOND,
        stage.challenging(claim, stage.lie, stage.truth));
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
    ClaimId right = stage.claim(Player.RIVAL, request, stage.truth);
    stage.passChallenges();
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(right));
    stage.accepts(Player.STRANGER, new ArbiterCall.PayFee(request));
  }

  private static void proved(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    Duel duel = new Duel(stage.parameters.arity(), stage.lie, stage.truth, true);
    stage.play(Player.FIRST, game, duel);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.STRANGER, new ArbiterCall.Settle(claim));
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
  }

  private static void challengerLies(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.claim(Player.PROPOSER, request, stage.truth);
    GameId game = stage.challenge(Player.FIRST, claim, stage.truth, stage.lie);
    stage.play(Player.FIRST, game, stage.duel(stage.truth, stage.lie));
    stage.passChallenges();
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(claim));
    stage.accepts(Player.STRANGER, new ArbiterCall.PayFee(request));
    stage.accepts(Player.PROPOSER, new ArbiterCall.Withdraw());
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
  }

  /** The result is neither's; a second game gets its quota all the same. */
  private static void bothLie(Stage stage) {
    RequestId request = stage.ask();
    Trace other =
        new FabricatedTrace(
            stage.truth,
            Fabrication.about(0, 17).claiming(TokenIds.of(8)).with(Fabrication.EndState.LATER));
    ClaimId claim = stage.claim(Player.PROPOSER, request, stage.lie);
    GameId second = stage.challenge(Player.SECOND, claim, stage.lie, stage.truth);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, other);
    GameView last =
        stage.playTo(Phase.INSTRUCTION, Player.FIRST, game, stage.duel(stage.lie, other));
    stage.accepts(
        Player.STRANGER,
        new ArbiterCall.SubmitWitness(last.position().open(0), Witness.of(NOISE.toByteArray())));
    stage.accepts(Player.STRANGER, new ArbiterCall.Close(stage.game(second).position().summary()));
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
    stage.accepts(Player.SECOND, new ArbiterCall.Withdraw());
  }

  private static void refusedChallenges(Stage stage) {
    RequestId request = stage.ask();
    ClaimId claim = stage.sealed(Player.PROPOSER, request, stage.lie);
    ArbiterCall good = stage.challenging(claim, stage.lie, stage.truth);
    stage.refuses(Refusal.WRONG_CLAIM_STATUS, Player.FIRST, good);
    stage.pass(60);
    stage.accepts(Player.PROPOSER, stage.revealing(Player.PROPOSER, claim, stage.lie));
    stage.refuses(
        Refusal.UNKNOWN_CLAIM,
        Player.FIRST,
        stage.challenging(new ClaimId(NOISE), stage.lie, stage.truth));
    stage.refuses(Refusal.NOT_YOURS, Player.PROPOSER, good);
    stage.refuses(
        Refusal.WRONG_CLAIMED_ROOT, Player.FIRST, stage.challenging(claim, stage.truth, stage.lie));
    stage.refuses(
        Refusal.NOTHING_DISPUTED, Player.FIRST, stage.challenging(claim, stage.lie, stage.lie));
    Opening opening = ((ArbiterCall.Challenge) good).opening();
    for (int size : new int[] {0, 10, 12}) {
      stage.refuses(
          Refusal.WRONG_SUBDIVISION,
          Player.FIRST,
          new ArbiterCall.Challenge(
              claim,
              new Opening(
                  opening.claimedRoot(),
                  opening.end(),
                  Collections.nCopies(size, new StateRoot(NOISE)))));
    }
    stage.accepts(Player.FIRST, good);
    stage.refuses(Refusal.DUPLICATE, Player.FIRST, good);
    stage.passChallenges();
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, new ArbiterCall.Settle(claim));
  }

  private static void refusedMoves(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    Duel duel = stage.duel(stage.lie, stage.truth);
    GameView before = stage.game(game);
    ArbiterCall.Subdivide good = (ArbiterCall.Subdivide) duel.next(before);
    Position at = before.position();
    stage.refuses(Refusal.NOT_YOURS, Player.STRANGER, good);
    stage.refuses(Refusal.NOT_YOUR_TURN, Player.FIRST, good);
    stage.refuses(Refusal.CLOCK_RUNNING, Player.STRANGER, new ArbiterCall.TimeOut(at.summary()));
    stage.refuses(Refusal.STILL_UNDECIDED, Player.STRANGER, new ArbiterCall.Close(at.summary()));
    OpenedSegment opened = good.answered();
    stage.refuses(
        Refusal.UNKNOWN_GAME,
        Player.PROPOSER,
        subdivide(
            good,
            GameId.of(Recorder.IDENTITY, claim, Player.SECOND.address()),
            opened.segment(),
            opened.siblings()));
    stage.refuses(
        Refusal.SEGMENT_OUT_OF_RANGE,
        Player.PROPOSER,
        subdivide(good, game, 12, opened.siblings()));
    stage.refuses(
        Refusal.WRONG_OPENING,
        Player.PROPOSER,
        new ArbiterCall.Subdivide(only(at), new Subdivision(NOISE, List.of())));
    stage.refuses(
        Refusal.STALE_POSITION,
        Player.PROPOSER,
        subdivide(
            good, game, opened.segment(), Collections.nCopies(opened.siblings().size(), NOISE)));
    stage.refuses(
        Refusal.NOTHING_DISPUTED,
        Player.PROPOSER,
        new ArbiterCall.Subdivide(opened, new Subdivision(opened.high(), good.move().interior())));
    stage.refuses(
        Refusal.WRONG_SUBDIVISION,
        Player.PROPOSER,
        new ArbiterCall.Subdivide(opened, new Subdivision(good.move().end(), List.of())));
    stage.refuses(
        Refusal.END_CHANGED,
        Player.PROPOSER,
        new ArbiterCall.Subdivide(at.open(11), new Subdivision(NOISE, good.move().interior())));
    stage.refuses(
        Refusal.WRONG_OPENING,
        Player.PROPOSER,
        new ArbiterCall.OpenMachine(only(at), new MachineOpening(end(stage), List.of())));
    stage.accepts(Player.PROPOSER, good);
    stage.refuses(Refusal.STALE_POSITION, Player.PROPOSER, good);
    stage.refuses(Refusal.STALE_POSITION, Player.STRANGER, new ArbiterCall.TimeOut(at.summary()));
  }

  private static ArbiterCall subdivide(
      ArbiterCall.Subdivide good, GameId game, int segment, List<Bytes32> siblings) {
    OpenedSegment it = good.answered();
    return new ArbiterCall.Subdivide(
        new OpenedSegment(game, it.word(), segment, it.ends(), it.low(), it.high(), siblings),
        good.move());
  }

  /** The only segment of a position, as if it had just one. */
  private static OpenedSegment only(Position at) {
    OpenedSegment first = at.open(0);
    return new OpenedSegment(
        first.game(), first.word(), 0, first.ends(), first.low(), first.high(), List.of());
  }

  private static MachineState end(Stage stage) {
    try (var machine = stage.truth.machine(new NodeIndex(0))) {
      return machine.stateAt(InstructionIndex.END);
    }
  }

  private static void refusedInNode(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    Duel duel = stage.duel(stage.lie, stage.truth);
    GameView node = stage.playTo(Phase.NODE, Player.FIRST, game, duel);
    ArbiterCall.OpenMachine good = (ArbiterCall.OpenMachine) duel.next(node);
    Player opener = node.position().toMove() == Side.PROPOSER ? Player.PROPOSER : Player.FIRST;
    MachineState end = good.move().endState();
    for (MachineState wrong :
        List.of(
            end(stage),
            new MachineState(
                end.lowerRoot(), end.upperRoot(), end.pc(), 0, end.status(), end.registers()),
            new MachineState(
                end.lowerRoot(),
                end.upperRoot(),
                end.pc(),
                end.count(),
                MachineStatus.RUNNING,
                end.registers()))) {
      stage.refuses(
          Refusal.WRONG_END_STATE,
          opener,
          new ArbiterCall.OpenMachine(
              good.answered(), new MachineOpening(wrong, good.move().interior())));
    }
    stage.refuses(
        Refusal.WRONG_SUBDIVISION,
        opener,
        new ArbiterCall.OpenMachine(good.answered(), new MachineOpening(end, List.of())));
    stage.refuses(
        Refusal.WRONG_PHASE,
        opener,
        new ArbiterCall.SubmitWitness(node.position().open(0), Witness.of(new byte[32])));
    GameView last = stage.playTo(Phase.INSTRUCTION, Player.FIRST, game, duel);
    stage.refuses(
        Refusal.INVALID_WITNESS,
        Player.STRANGER,
        new ArbiterCall.SubmitWitness(last.position().open(0), Witness.of(new byte[31])));
    stage.pass(10_000);
    stage.refuses(Refusal.CLOCK_EXPIRED, Player.STRANGER, duel.next(last));
    stage.accepts(Player.STRANGER, new ArbiterCall.TimeOut(last.position().summary()));
  }

  private static void proposerSleeps(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.truth);
    GameId game = stage.challenge(Player.FIRST, claim, stage.truth, stage.lie);
    GameView asleep = stage.game(game);
    stage.pass(6_000);
    ArbiterCall late = stage.duel(stage.truth, stage.lie).next(asleep);
    stage.refuses(Refusal.CLOCK_EXPIRED, Player.PROPOSER, late);
    stage.accepts(Player.STRANGER, new ArbiterCall.TimeOut(asleep.position().summary()));
    stage.refuses(Refusal.GAME_OVER, Player.PROPOSER, late);
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
  }

  private static void challengerSleeps(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    stage.move(Player.FIRST, game, stage.duel(stage.lie, stage.truth));
    stage.pass(6_000);
    stage.accepts(Player.STRANGER, new ArbiterCall.TimeOut(stage.game(game).position().summary()));
    stage.pass(1_500);
    stage.accepts(Player.STRANGER, new ArbiterCall.Settle(claim));
    stage.accepts(Player.PROPOSER, new ArbiterCall.Withdraw());
  }

  /** One refutes the claim; the others, at other moves, are closed in another order. */
  private static void severalGames(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    Duel duel = stage.duel(stage.lie, stage.truth);
    GameId first = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    GameId second = stage.challenge(Player.SECOND, claim, stage.lie, stage.truth);
    GameId third = stage.challenge(Player.THIRD, claim, stage.lie, stage.truth);
    stage.move(Player.SECOND, second, duel);
    stage.move(Player.SECOND, second, duel);
    stage.move(Player.THIRD, third, duel);
    stage.play(Player.FIRST, first, duel);
    GameView left = stage.game(third);
    stage.refuses(Refusal.CLAIM_REFUTED, Player.THIRD, duel.next(left));
    stage.refuses(
        Refusal.CLAIM_REFUTED, Player.STRANGER, new ArbiterCall.TimeOut(left.position().summary()));
    ArbiterCall close = new ArbiterCall.Close(left.position().summary());
    stage.accepts(Player.PROPOSER, close);
    stage.refuses(Refusal.GAME_OVER, Player.STRANGER, close);
    stage.accepts(Player.STRANGER, new ArbiterCall.Close(stage.game(second).position().summary()));
    for (Player challenger : List.of(Player.SECOND, Player.THIRD, Player.FIRST)) {
      stage.accepts(challenger, new ArbiterCall.Withdraw());
    }
  }

  private static void winsAndLoses(Stage stage) {
    ClaimId claim = stage.claim(Player.PROPOSER, stage.ask(), stage.lie);
    Trace other =
        new FabricatedTrace(stage.truth, Fabrication.about(2, 3).claiming(TokenIds.of(8)));
    // An accomplice, who lets its clock run out.
    GameId accomplice = stage.challenge(Player.SECOND, claim, stage.lie, other);
    GameId honest = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    Duel duel = stage.duel(stage.lie, stage.truth);
    stage.move(Player.SECOND, accomplice, stage.duel(stage.lie, other));
    stage.pass(3_000);
    stage.move(Player.FIRST, honest, duel);
    stage.pass(3_000);
    stage.accepts(
        Player.STRANGER, new ArbiterCall.TimeOut(stage.game(accomplice).position().summary()));
    stage.accepts(Player.PROPOSER, new ArbiterCall.Withdraw());
    stage.play(Player.FIRST, honest, duel);
    stage.accepts(Player.FIRST, new ArbiterCall.Withdraw());
  }

  /** Little of it counts for anybody. */
  private static void standsStill(Stage stage) {
    RequestId request = stage.ask();
    stage.standStill(100_000);
    ClaimId claim = stage.sealed(Player.PROPOSER, request, stage.lie);
    stage.standStill(100_000);
    ArbiterCall reveal = stage.revealing(Player.PROPOSER, claim, stage.lie);
    stage.refuses(Refusal.TOO_EARLY, Player.PROPOSER, reveal);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, new ArbiterCall.Expire(claim));
    stage.pass(60);
    stage.accepts(Player.PROPOSER, reveal);
    stage.standStill(100_000);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, new ArbiterCall.Settle(claim));
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    stage.standStill(100_000);
    stage.refuses(
        Refusal.CLOCK_RUNNING,
        Player.STRANGER,
        new ArbiterCall.TimeOut(stage.game(game).position().summary()));
    stage.play(Player.FIRST, game, stage.duel(stage.lie, stage.truth));
  }

  private static void lastSeconds(Stage stage) {
    RequestTerms terms = stage.terms(0);
    RequestId request = stage.ask(terms);
    ArbiterCall refund = new ArbiterCall.Refund(request);
    stage.pass(terms.sealingDeadline() - stage.next().time());
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, refund);
    ClaimId claim = stage.sealed(Player.PROPOSER, request, stage.lie);
    stage.pass(660);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, new ArbiterCall.Expire(claim));
    stage.accepts(Player.PROPOSER, stage.revealing(Player.PROPOSER, claim, stage.lie));
    stage.pass(7_202);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, new ArbiterCall.Settle(claim));
    GameId game = stage.challenge(Player.FIRST, claim, stage.lie, stage.truth);
    stage.pass(4_099);
    ArbiterCall timeOut = new ArbiterCall.TimeOut(stage.game(game).position().summary());
    stage.refuses(Refusal.CLOCK_RUNNING, Player.STRANGER, timeOut);
    stage.pass(1);
    stage.accepts(Player.STRANGER, timeOut);
    ClaimId unrevealed = stage.sealed(Player.RIVAL, request, stage.truth);
    stage.pass(661);
    stage.accepts(Player.STRANGER, new ArbiterCall.Expire(unrevealed));
    stage.pass(3_601);
    stage.refuses(Refusal.TOO_EARLY, Player.STRANGER, refund);
    stage.pass(1);
    stage.accepts(Player.STRANGER, refund);
  }
}
