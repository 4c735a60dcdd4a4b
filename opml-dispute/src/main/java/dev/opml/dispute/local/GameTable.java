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
import dev.opml.dispute.game.Clocks;
import dev.opml.dispute.game.GameRules;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.PositionWord;
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
    this.rules = new GameRules(ground.parameters().arity());
    this.payouts = new Payouts(ground, claims);
  }

  Optional<GameRecord> find(GameId id) {
    return Optional.ofNullable(games.get(id));
  }

  void challenge(Address challenger, ClaimId claimId, Opening opening) {
    ClaimRecord claim = claims.challengeable(claimId);
    require(
        !claim.proposer.equals(challenger), Refusal.NOT_YOURS, "nobody challenges their own claim");
    GameId id = GameId.of(ground.identity(), claimId, challenger);
    require(!games.containsKey(id), Refusal.DUPLICATE, "game " + id);
    RequestRecord request = claim.request;
    long seconds =
        ground.parameters().clocks().total(ground.parameters().work().seconds(request.traceLength));
    Position position =
        rules.challenge(
            id,
            request.traceLength,
            request.initialRoot,
            claim.revealedRoot(),
            opening,
            Clocks.start(seconds, ground.block()));
    ground.ledger().lock(challenger, ground.parameters().money().challengerBond());
    GameRecord game = new GameRecord(id, claim, challenger, position.hash());
    games.put(id, game);
    claim.openGames++;
    ground.emit(new GameEvent.Challenged(id, claimId, challenger, position));
  }

  void subdivide(Address mover, OpenedSegment answered, Subdivision move) {
    GameRecord game = requireTurn(mover, answered);
    Position next = rules.subdivide(answered, move, moved(answered.word()));
    move(game, answered.segment(), next);
  }

  private void move(GameRecord game, int segment, Position next) {
    game.positionHash = next.hash();
    ground.emit(new GameEvent.Subdivided(game.id, next.mover(), segment, next));
  }

  void prove(Address mover, OpenedSegment answered, Subdivision move, Witness witness) {
    GameRecord game = requireTurn(mover, answered);
    Position next = rules.subdivide(answered, move, moved(answered.word()));
    OpenedSegment only = next.open(0);
    Verdict verdict = rules.execute(only, witness, machine);
    move(game, answered.segment(), next);
    end(game, only, verdict, mover);
  }

  void openMachine(Address mover, OpenedSegment answered, MachineOpening move) {
    GameRecord game = requireTurn(mover, answered);
    Position next = rules.openMachine(answered, move, mode(game), moved(answered.word()));
    game.positionHash = next.hash();
    ground.emit(new GameEvent.MachineOpened(game.id, next.mover(), next));
  }

  private GraphMode mode(GameRecord game) {
    return requests.model(game.claim.request.terms.model()).orElseThrow().header().mode();
  }

  private Clocks moved(PositionWord answered) {
    return answered
        .clocks()
        .moved(
            answered.toMove(),
            answered.elapsed(ground.block(), ground.parameters().blockSeconds()),
            ground.block());
  }

  void submitWitness(Address submitter, OpenedSegment answered, Witness witness) {
    GameRecord game = requireAnswers(requireOpen(answered.game()), answered);
    end(game, answered, rules.execute(answered, witness, machine), submitter);
  }

  private void end(GameRecord game, OpenedSegment answered, Verdict verdict, Address submitter) {
    ground.emit(
        new GameEvent.InstructionExecuted(game.id, answered.only(), verdict.result(), submitter));
    payouts.end(
        game,
        verdict.winner(),
        verdict.winnerWasRight(),
        answered.word().movesOf(verdict.winner()),
        GameEndReason.INSTRUCTION_EXECUTED);
  }

  void timeOut(PositionSummary stored) {
    GameRecord game = requireOpen(stored.game());
    requireStored(game, stored);
    PositionWord word = stored.word();
    require(expired(word), Refusal.CLOCK_RUNNING, "the clock runs until " + word.deadline());
    Side winner = word.mover();
    payouts.end(game, winner, true, word.movesOf(winner), GameEndReason.TIME_OUT);
  }

  void close(PositionSummary stored) {
    GameRecord game = get(stored.game());
    require(game.status == GameStatus.OPEN, Refusal.GAME_OVER, game.status.toString());
    require(
        game.claim.status == ClaimStatus.REFUTED,
        Refusal.STILL_UNDECIDED,
        "the claim was not refuted");
    requireStored(game, stored);
    payouts.close(game, stored.word().movesOf(Side.CHALLENGER));
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

  private static void requireStored(GameRecord game, PositionSummary stored) {
    require(
        stored.hash().equals(game.positionHash),
        Refusal.STALE_POSITION,
        "the game's position is " + game.positionHash);
  }

  /** The game, if {@code answered} is of its position and there is time left on the clock. */
  private GameRecord requireAnswers(GameRecord game, OpenedSegment answered) {
    requireStored(game, answered.summary(ground.parameters().arity()));
    PositionWord word = answered.word();
    require(!expired(word), Refusal.CLOCK_EXPIRED, "the clock ran until " + word.deadline());
    return game;
  }

  private GameRecord requireTurn(Address mover, OpenedSegment answered) {
    GameRecord game = requireOpen(answered.game());
    require(
        mover.equals(game.claim.proposer) || mover.equals(game.challenger),
        Refusal.NOT_YOURS,
        mover + " does not play this game");
    requireAnswers(game, answered);
    Side toMove = answered.word().toMove();
    require(mover.equals(game.player(toMove)), Refusal.NOT_YOUR_TURN, toMove + " is to move");
    return game;
  }

  private boolean expired(PositionWord word) {
    return word.expired(ground.block(), ground.parameters().blockSeconds());
  }
}
