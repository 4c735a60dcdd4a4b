package dev.opml.dispute.local;

import static dev.opml.dispute.ArbiterRefusedException.require;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Clocks;
import dev.opml.dispute.game.GameRules;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.game.Subdivision;
import dev.opml.dispute.game.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who may move in a game, and when. Guarded by the arbiter's lock. */
final class GameTable {
  private final Ground ground;
  private final RequestBook requests;
  private final ClaimBook claims;
  private final GameRules rules;
  private final StepFunction machine;
  private final Payouts payouts;
  private final Map<GameId, GameRecord> games = new HashMap<>();

  GameTable(Ground ground, RequestBook requests, ClaimBook claims, StepFunction machine) {
    this.ground = ground;
    this.requests = requests;
    this.claims = claims;
    this.machine = machine;
    this.rules = new GameRules(ground.parameters().arity().nodes());
    this.payouts = new Payouts(ground, claims);
  }

  Optional<GameRecord> find(GameId id) {
    return Optional.ofNullable(games.get(id));
  }

  GameId challenge(Address challenger, ClaimId claimId, Opening opening) {
    ClaimRecord claim = claims.challengeable(claimId);
    require(
        !claim.proposer.equals(challenger), Refusal.NOT_YOURS, "nobody challenges their own claim");
    GameId id = GameId.of(ground.identity(), claimId, challenger);
    require(!games.containsKey(id), Refusal.DUPLICATE, "game " + id);
    RequestRecord request = claim.request;
    Position position =
        rules.challenge(
            id, request.traceLength, request.initialRoot, claim.revealedRoot(), opening);
    ground.ledger().lock(challenger, ground.parameters().money().challengerBond());
    Clocks clocks = Clocks.start(clockRules(), position, ground.now());
    GameRecord game = new GameRecord(id, claim, challenger, position.hash(), clocks);
    game.countMove(Side.CHALLENGER);
    games.put(id, game);
    claim.games.add(id);
    claim.openGames++;
    ground.emit(new GameEvent.Challenged(id, claimId, challenger, position));
    return id;
  }

  void subdivide(Address mover, Position answered, Subdivision move) {
    GameRecord game = requireTurn(mover, answered);
    Position next = rules.subdivide(answered, move);
    advance(game, next);
    ground.emit(new GameEvent.Subdivided(game.id, next.mover(), move.segment(), next));
  }

  void openMachine(Address mover, Position answered, MachineOpening move) {
    GameRecord game = requireTurn(mover, answered);
    Position next = rules.openMachine(answered, move, mode(game));
    advance(game, next);
    ground.emit(new GameEvent.MachineOpened(game.id, next.mover(), next));
  }

  private GraphMode mode(GameRecord game) {
    return requests.model(game.claim.request.terms.model()).orElseThrow().header().mode();
  }

  private void advance(GameRecord game, Position next) {
    game.clocks = game.clocks.moved(clockRules(), next, ground.now());
    game.positionHash = next.hash();
    game.countMove(next.mover());
  }

  void submitWitness(Address submitter, Position answered, Witness witness) {
    GameRecord game = requireAnswers(answered);
    Verdict verdict = rules.execute(answered, witness, machine);
    ground.emit(new GameEvent.InstructionExecuted(game.id, answered, verdict.result(), submitter));
    payouts.end(
        game,
        verdict.winner(),
        verdict.winnerWasRight(),
        game.moves(verdict.winner()),
        GameEndReason.INSTRUCTION_EXECUTED);
  }

  void timeOut(GameId id) {
    GameRecord game = requireOpen(id);
    require(
        game.clocks.expired(ground.now()),
        Refusal.CLOCK_RUNNING,
        "the clock runs until " + game.clocks.deadline());
    Side winner = game.clocks.toMove().other();
    payouts.end(game, winner, true, game.moves(winner), GameEndReason.TIME_OUT);
  }

  void close(GameId id) {
    GameRecord game = get(id);
    require(game.status == GameStatus.OPEN, Refusal.GAME_OVER, game.status.toString());
    require(
        game.claim.status == ClaimStatus.REFUTED,
        Refusal.STILL_UNDECIDED,
        "the claim was not refuted");
    payouts.close(game, game.moves(Side.CHALLENGER));
  }

  private GameRecord get(GameId id) {
    return find(id)
        .orElseThrow(() -> new ArbiterRefusedException(Refusal.UNKNOWN_GAME, id.toString()));
  }

  private GameRecord requireOpen(GameId id) {
    GameRecord game = get(id);
    require(game.status == GameStatus.OPEN, Refusal.GAME_OVER, game.status.toString());
    require(
        game.claim.status != ClaimStatus.REFUTED, Refusal.CLAIM_REFUTED, game.claim.id.toString());
    return game;
  }

  /**
   * The stored game that {@code answered} is the position of, with time left on the running clock.
   */
  private GameRecord requireAnswers(Position answered) {
    GameRecord game = requireOpen(answered.game());
    require(
        answered.hash().equals(game.positionHash),
        Refusal.STALE_POSITION,
        "the game's position is " + game.positionHash);
    require(
        !game.clocks.expired(ground.now()),
        Refusal.CLOCK_EXPIRED,
        "the clock ran until " + game.clocks.deadline());
    return game;
  }

  private GameRecord requireTurn(Address mover, Position answered) {
    GameRecord game = requireOpen(answered.game());
    require(
        mover.equals(game.claim.proposer) || mover.equals(game.challenger),
        Refusal.NOT_YOURS,
        mover + " does not play this game");
    require(
        mover.equals(game.player(game.clocks.toMove())),
        Refusal.NOT_YOUR_TURN,
        game.clocks.toMove() + " is to move");
    return requireAnswers(answered);
  }

  private ClockRules clockRules() {
    return ground.parameters().clocks();
  }
}
