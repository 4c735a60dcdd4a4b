package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.game.MoveKind;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionWord;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.view.ArbiterView;
import dev.opml.dispute.view.ChainView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plays all games of an account on one side. */
final class GamePlayer implements AutoCloseable {
  /** Above every time in seconds since 1970. */
  private static final long OPPONENTS_TURN = 1L << 40;

  private final AgentContext context;
  private final Lookout lookout;
  private final Side side;
  private final Sender sender;
  private final Tasks tasks;
  private final MoveChooser chooser;
  private final TraceCache traces;
  private final TraceQueue waiting = new TraceQueue();
  private final MachineCache machines = new MachineCache();
  private final Steps steps;

  /** Whether something waited for a trace in the last round. Used by the polling thread only. */
  private boolean waited;

  GamePlayer(AgentContext context, Lookout lookout, Side side, Sender sender, Tasks tasks) {
    this.context = context;
    this.lookout = lookout;
    this.side = side;
    this.sender = sender;
    this.tasks = tasks;
    this.steps = new Steps(context.listener());
    this.traces =
        new TraceCache(
            context.limits().traces(), trace -> tasks.startOrRun(Work.GAME, trace, trace::close));
    this.chooser = new MoveChooser(context.expected().parameters().arity());
    tasks.whenEnded(Work.TRACE, this::makeTracesNow);
  }

  /** Makes every move that is due and whose trace is there. */
  void poll(ChainView chain) {
    List<GameView> games = chain.newest().games().stream().filter(this::isOurs).toList();
    steps.mostUrgentFirst(games, _ -> 0, this::deadline).forEach(game -> startGame(game.id()));
    steps.run(Work.GAME, () -> closeMachines(games));
  }

  private void startGame(GameId id) {
    tasks.start(Work.GAME, id, () -> play(id));
  }

  /** Makes the traces that moves and challenges wait for, those first whose time ends first. */
  void makeTraces() {
    List<TraceQueue.Waiting> next = waiting.next(now());
    waited = !next.isEmpty();
    next.forEach(it -> steps.run(it.game(), () -> makeTrace(it)));
  }

  /**
   * Whether a move waits for a trace, or one is made. Else runs that never become a claim, and so
   * are never counted as work, could take the machine from the games for as long as they last.
   */
  boolean needsTraces() {
    return waited || tasks.isBusy(Work.TRACE);
  }

  /** {@link #makeTraces} between two rounds: for which there is no place they wait on. */
  void makeTracesNow() {
    waiting.all(now()).forEach(it -> steps.run(it.game(), () -> makeTrace(it)));
  }

  /** Has something tried again once the trace of a request is there. */
  private void await(GameId game, RequestView request, long until, Runnable start) {
    waiting.add(new TraceQueue.Waiting(game, request, until, seconds(request), start));
  }

  private void makeTrace(TraceQueue.Waiting waiting) {
    RequestView request = waiting.request();
    if (!traces.has(request.id())) {
      tasks.start(
          Work.TRACE, request.id(), place(waiting), () -> makeTrace(request, waiting.until()));
    }
    if (traces.has(request.id())) {
      waiting.start().run();
    }
  }

  private void makeTrace(RequestView request, long until) {
    if (!traces.has(request.id())) {
      Trace trace = runner(request).trace(request.terms().inference());
      traces.keep(request.id(), until, trace);
    }
  }

  /** Until when a trace in the making keeps others waiting. */
  private long place(TraceQueue.Waiting waiting) {
    return Math.min(waiting.until(), now() + context.patience(waiting.seconds()));
  }

  /** Seconds that the trace of a request takes. */
  private long seconds(RequestView request) {
    return Effort.of(context).trace(request.terms().model(), request.traceLength());
  }

  private long now() {
    return lookout.now().head().block().time();
  }

  /** Whether a game is ours to play. */
  private boolean isOurs(GameView game) {
    return game.player(side).equals(account()) && game.status() == GameStatus.OPEN;
  }

  /** Time until which a game needs us: our clock's end, and after all of those the opponent's. */
  private long deadline(GameView game) {
    long end = game.position().word().deadline();
    return game.position().toMove() == side ? end : OPPONENTS_TURN + end;
  }

  private void closeMachines(List<GameView> games) {
    Set<GameId> unused = new HashSet<>(machines.games());
    games.forEach(game -> unused.remove(game.id()));
    unused.forEach(id -> tasks.start(Work.GAME, id, () -> machines.close(id)));
  }

  /** Keeps the trace of an own answer, if there is room. */
  void keepTrace(RequestId request, Trace trace) {
    traces.keepIfRoom(request, trace);
  }

  /**
   * Drops the traces that no game needs which is open, or was when all was final.
   *
   * @param others requests of which there may be a game soon, by the time until which their trace
   *     is needed; the later, the less
   */
  void dropTraces(ChainView chain, Map<RequestId, Long> others) {
    Map<RequestId, Long> needed = new HashMap<>(others);
    for (ArbiterView state : List.of(chain.newest(), chain.finalized())) {
      for (GameView game : state.games()) {
        if (isOurs(game)) {
          state
              .claim(game.claim())
              .ifPresent(claim -> needed.merge(claim.request(), deadline(game), Math::min));
        }
      }
    }
    traces.retain(needed);
  }

  /**
   * Opens a game with the first move, unless a challenge was just refused, or its trace has to be
   * made first.
   *
   * @param again challenges once the trace is there
   * @return whether it was sent or waits for its trace
   */
  boolean challenge(ClaimView claim, RequestView request, Runnable again) {
    GameId id = gameAbout(claim.id());
    Intent intent = challengeIntent(id);
    if (!sender.maySend(intent)) {
      return sender.isUnderWay(intent);
    }
    Optional<Opening> opening =
        traces.use(
            request.id(), trace -> chooser.challenge(claim.finalRoot().orElseThrow(), trace));
    opening.ifPresentOrElse(
        move -> sender.send(intent, new ArbiterCall.Challenge(claim.id(), move)),
        () -> await(id, request, windowEnd(claim), again));
    return true;
  }

  /** Whether a challenge of a claim was sent, and it is not known what has become of it. */
  boolean isChallengeUnderWay(ClaimId claim) {
    return sender.isUnderWay(challengeIntent(gameAbout(claim)));
  }

  private GameId gameAbout(ClaimId claim) {
    return GameId.of(context.expected().identity(), claim, account());
  }

  private static Intent challengeIntent(GameId game) {
    return Intent.of(IntentKind.CHALLENGE, game.value());
  }

  private long windowEnd(ClaimView claim) {
    Block now = lookout.now().head().block();
    return now.time() + claim.challenge().orElseThrow().secondsLeft(now);
  }

  private void play(GameId id) {
    ChainView chain = lookout.now();
    Optional<GameView> open = chain.game(id).filter(this::isOurs);
    if (open.isEmpty()) {
      machines.close(id);
      return;
    }
    GameView game = open.get();
    ClaimView claim = chain.claim(game.claim()).orElseThrow();
    PositionWord word = game.position().word();
    if (claim.status() == ClaimStatus.REFUTED) {
      machines.close(id);
      if (side == Side.CHALLENGER) {
        sender.send(
            Intent.of(IntentKind.CLOSE, id.value()),
            new ArbiterCall.Close(game.position().summary()));
      }
    } else if (word.expired(chain.head().block(), context.expected().parameters().blockSeconds())) {
      if (word.toMove() != side) {
        sender.send(
            Intent.of(IntentKind.TIME_OUT, id.value()),
            new ArbiterCall.TimeOut(game.position().summary()));
      }
    } else if (word.toMove() == side || word.phase().accepts() == MoveKind.WITNESS) {
      // Anybody may submit the witness, so a player who knows it does not wait for the other's
      // clock.
      move(game, chain.request(claim.request()).orElseThrow());
    }
  }

  private void move(GameView game, RequestView request) {
    Intent intent = new Intent(IntentKind.MOVE, game.id().value(), game.positionHash().value());
    if (!sender.maySend(intent)) {
      return;
    }
    // Whatever keeps a proof from a block, the move without it may still be in time.
    boolean proves = !sender.hasFailed(intent) && tasks.failures(game.id()) == 0;
    Optional<Optional<Move>> chosen = choose(game, request, proves);
    if (chosen.isEmpty()) {
      await(game.id(), request, deadline(game), () -> startGame(game.id()));
      return;
    }
    Position at = game.position();
    Optional<Move> move = chosen.get();
    if (move.isPresent()) {
      if (!isAnswered(game)) {
        sender.send(intent, call(at, move.get()));
      }
    } else if (at.toMove() == side) {
      context.listener().onNoMove(game.id());
    }
  }

  /** Whether the position has changed while the move was made. */
  private boolean isAnswered(GameView game) {
    return lookout
        .now()
        .game(game.id())
        .filter(it -> it.positionHash().equals(game.positionHash()))
        .isEmpty();
  }

  /** The transaction that makes a move. */
  static ArbiterCall call(Position at, Move move) {
    return switch (move) {
      case Move.Subdivide(var segment, var subdivision) ->
          new ArbiterCall.Subdivide(at.open(segment), subdivision);
      case Move.Prove(var segment, var subdivision, var witness) ->
          new ArbiterCall.Prove(at.open(segment), subdivision, witness);
      case Move.OpenMachine(var opening) -> new ArbiterCall.OpenMachine(at.open(0), opening);
      case Move.SubmitWitness(var witness) -> new ArbiterCall.SubmitWitness(at.open(0), witness);
    };
  }

  /**
   * The move that the trace supports, if any; empty if there is no trace yet.
   *
   * @param proves whether the last move may bring its witness
   */
  private Optional<Optional<Move>> choose(GameView game, RequestView request, boolean proves) {
    Position at = game.position();
    if (!MoveChooser.needsMachine(at)) {
      return traces.use(request.id(), trace -> chooser.amongNodes(at, trace));
    }
    NodeIndex node = MoveChooser.disputedNode(at);
    return machines.use(
        game.id(),
        node,
        () -> traces.use(request.id(), trace -> trace.machine(node)),
        machine -> {
          Optional<Move> move = chooser.insideNode(at, machine);
          return proves ? move.map(it -> MoveChooser.withWitness(at, it, machine)) : move;
        });
  }

  private ModelRunner runner(RequestView request) {
    return context.runner(request.terms().model()).orElseThrow();
  }

  private Address account() {
    return context.arbiter().account();
  }

  @Override
  public void close() {
    machines.games().forEach(id -> tasks.run(id, () -> machines.close(id)));
    traces.retain(Map.of());
  }
}
