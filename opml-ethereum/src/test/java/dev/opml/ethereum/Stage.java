package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Side;
import dev.opml.merkle.Commitments;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A place where a scenario is played: an arbiter, its time, a model and those who play. */
final class Stage {
  /** The block of the first call: later than a deployment on anvil. */
  static final Block START = new Block(20, 1_700_001_000);

  static final Wei FEE = Wei.gwei(5_000_000);

  private static final long NODE_INSTRUCTIONS = 5_000;

  final ArbiterParameters parameters;
  final SyntheticModel model;
  final InferenceRequest inference;
  final Trace truth;
  final Trace lie;
  private final TestedArbiter arbiter;
  private final List<Turn> turns = new ArrayList<>();
  private Block next = START;

  Stage(TestedArbiter arbiter, ArbiterParameters parameters, GraphMode mode, int nodes) {
    this.arbiter = arbiter;
    this.parameters = parameters;
    this.model = model(mode, nodes);
    this.inference = InferenceRequest.greedy(TokenIds.of(5), 1);
    this.truth = new SyntheticTrace(model, inference, NODE_INSTRUCTIONS);
    this.lie = new FabricatedTrace(truth, Fabrication.about(truth.length() / 3, 1234));
    arbiter.know(model);
    accepts(
        Player.REQUESTER,
        new ArbiterCall.Register(model.registration(), new ModelSource(Bytes32.ZERO, "")));
  }

  static SyntheticModel model(GraphMode mode, int nodes) {
    return new SyntheticModel(new GraphHeader(mode, nodes, 1000, 1 << 20, TokenIds.EMPTY));
  }

  TestedArbiter arbiter() {
    return arbiter;
  }

  List<Turn> turns() {
    return turns;
  }

  Block next() {
    return next;
  }

  /** Lets time pass, with as many blocks as a running chain makes. */
  void pass(long seconds) {
    long blocks = Math.ceilDiv(seconds, parameters.blockSeconds());
    next = new Block(next.number() + blocks, next.time() + seconds);
  }

  /** Lets time pass while the chain stands still. */
  void standStill(long seconds) {
    next = new Block(next.number(), next.time() + seconds);
  }

  private Turn send(Player sender, ArbiterCall call) {
    try {
      Turn turn = arbiter.send(next, sender.address(), call);
      turns.add(turn);
      return turn;
    } catch (Exception e) {
      throw new AssertionError("turn " + turns.size() + ", " + sender + ": " + call, e);
    }
  }

  /** Makes a call that is possible; the next one is at least a block and a second later. */
  void accepts(Player sender, ArbiterCall call) {
    assertEquals(
        Optional.empty(), send(sender, call).refusal(), () -> sender + ": " + call.getClass());
    next = new Block(next.number() + 1, next.time() + 1);
  }

  /** Makes a call that is not. */
  void refuses(Refusal reason, Player sender, ArbiterCall call) {
    assertEquals(
        Optional.of(reason), send(sender, call).refusal(), () -> sender + ": " + call.getClass());
  }

  /** Terms that are just possible now, but for the time for sealing. */
  RequestTerms terms(long nonce) {
    return terms(model, inference, FEE, FinalityPolicy.least(parameters, truth.length()), nonce);
  }

  RequestTerms terms(
      SyntheticModel of, InferenceRequest what, Wei fee, FinalityPolicy policy, long nonce) {
    long sealing = 400 + Windows.of(parameters).leastSealing(truth.length());
    return new RequestTerms(
        of.id(), what, fee, next.time() + sealing, Player.STRANGER.address(), policy, nonce);
  }

  /** Asks, and says which request it is. */
  RequestId ask() {
    return ask(terms(turns.size()));
  }

  RequestId ask(RequestTerms terms) {
    accepts(Player.REQUESTER, new ArbiterCall.Request(terms));
    return terms.id(Recorder.IDENTITY, Player.REQUESTER.address());
  }

  Salt salt(Player proposer) {
    return new Salt(new Bytes32(1, 2, 3, proposer.ordinal()));
  }

  Seal seal(Player proposer, RequestId request, Trace trace) {
    return Seal.of(
        Recorder.IDENTITY,
        request,
        proposer.address(),
        Commitments.outputRoot(trace.output()),
        trace.finalRoot(),
        salt(proposer));
  }

  /** The call that seals what a trace says. */
  ArbiterCall sealing(Player proposer, RequestId request, Trace trace) {
    return new ArbiterCall.SealClaim(request, seal(proposer, request, trace), trace.output());
  }

  ClaimId sealed(Player proposer, RequestId request, Trace trace) {
    accepts(proposer, sealing(proposer, request, trace));
    return ClaimId.of(
        Recorder.IDENTITY, request, proposer.address(), seal(proposer, request, trace));
  }

  ArbiterCall revealing(Player proposer, ClaimId claim, Trace trace) {
    return new ArbiterCall.RevealClaim(
        claim, new Reveal(trace.finalRoot(), trace.outputPath(), salt(proposer)));
  }

  /** Seals and reveals. */
  ClaimId claim(Player proposer, RequestId request, Trace trace) {
    ClaimId claim = sealed(proposer, request, trace);
    pass(parameters.windows().revealDelay());
    accepts(proposer, revealing(proposer, claim, trace));
    return claim;
  }

  ArbiterCall challenging(ClaimId claim, Trace claimed, Trace own) {
    return new ArbiterCall.Challenge(
        claim, new MoveChooser(parameters.arity()).challenge(claimed.finalRoot(), own));
  }

  GameId challenge(Player challenger, ClaimId claim, Trace claimed, Trace own) {
    accepts(challenger, challenging(claim, claimed, own));
    return GameId.of(Recorder.IDENTITY, claim, challenger.address());
  }

  /** A game that is not over. */
  GameView game(GameId id) {
    return find(id).orElseThrow();
  }

  private Optional<GameView> find(GameId id) {
    return arbiter
        .connect(Player.STRANGER.address())
        .game(id)
        .filter(game -> game.status() == GameStatus.OPEN);
  }

  /** Makes the move of whoever is to move. */
  void move(Player challenger, GameId id, Duel duel) {
    GameView game = game(id);
    Player mover = game.position().toMove() == Side.PROPOSER ? Player.PROPOSER : challenger;
    accepts(mover, duel.next(game));
  }

  /** Plays until a phase is reached. */
  GameView playTo(Phase phase, Player challenger, GameId id, Duel duel) {
    while (game(id).position().phase() != phase) {
      move(challenger, id, duel);
    }
    return game(id);
  }

  /** Plays to the end. */
  void play(Player challenger, GameId id, Duel duel) {
    while (find(id).isPresent()) {
      move(challenger, id, duel);
    }
  }

  Duel duel(Trace proposers, Trace challengers) {
    return new Duel(parameters.arity(), proposers, challengers, false);
  }

  /** Lets the time for challenges of a claim that was just revealed pass. */
  void passChallenges() {
    pass(Windows.of(parameters).leastChallenge(truth.length()) + 1);
  }
}
