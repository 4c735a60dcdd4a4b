package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Block;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.game.MoveKind;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays all games of an account on one side. */
final class GamePlayer implements AutoCloseable {
  /** Above every time in seconds since 1970. */
  private static final long OPPONENTS_TURN = 1L << 40;

  private final AgentContext context;
  private final Side side;
  private final Sender sender;
  private final Tasks tasks;
  private final MoveChooser chooser;
  private final TraceCache traces;
  private final TraceQueue waiting = new TraceQueue();
  private final MachineCache machines = new MachineCache();
  private final Steps steps;

  /** Games of the last round. Used by the polling thread only. */
  private List<GameId> games = List.of();

  GamePlayer(AgentContext context, Side side, Sender sender, Tasks tasks) {
    this.context = context;
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
  void poll(ChainIndex index) {
    games = index.games(steps.orKeep(this::isOurs));
    steps.mostUrgentFirst(games, _ -> 0, this::deadline).forEach(this::startGame);
  }

  private void startGame(GameId id) {
    tasks.start(Work.GAME, id, () -> play(id));
  }

  /** Makes the traces that moves and challenges wait for, those first whose time ends first. */
  void makeTraces() {
    waiting.next().forEach(it -> steps.run(it.game(), () -> makeTrace(it)));
  }

  /** {@link #makeTraces} between two rounds: for which there is no place they wait on. */
  void makeTracesNow() {
    waiting.all().forEach(it -> steps.run(it.game(), () -> makeTrace(it)));
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

  /**
   * Until when a trace in the making keeps others waiting: as long as two take, and a move's time.
   * It hangs, perhaps, if it takes longer.
   */
  private long place(TraceQueue.Waiting waiting) {
    RequestView request = waiting.request();
    long work = Effort.of(context).trace(request.terms().model(), request.traceLength());
    long move = context.expected().parameters().clocks().secondsPerMove();
    return Math.min(waiting.until(), context.now() + 2 * work + move);
  }

  /** Time until which a game needs us: our clock's end, and after all of those the opponent's. */
  private long deadline(GameId id) {
    GameView game = arbiter().game(id).orElseThrow();
    long end = game.position().word().deadline();
    return game.position().toMove() == side ? end : OPPONENTS_TURN + end;
  }

  /** Keeps the trace of an own answer, if there is room. */
  void keepTrace(RequestId request, Trace trace) {
    traces.keepIfRoom(request, trace);
  }

  /**
   * Drops the traces that no game needs.
   *
   * @param others requests of which there may be a game soon, by the time until which their trace
   *     is needed; the later, the less
   */
  void dropTraces(Map<RequestId, Long> others) {
    Map<RequestId, Long> needed = new HashMap<>(others);
    for (GameId id : games) {
      // One that cannot be read keeps none of the others; its own trace is made anew.
      steps.run(id, () -> needed.merge(request(id), deadline(id), Math::min));
    }
    traces.retain(needed);
  }

  private RequestId request(GameId id) {
    return context.claim(arbiter().game(id).orElseThrow().claim()).request();
  }

  /** Whether a game is ours to play or to clean up after. */
  private boolean isOurs(GameId id) {
    return arbiter()
        .game(id)
        .filter(game -> game.player(side).equals(arbiter().account()))
        .filter(game -> game.status() == GameStatus.OPEN || machines.games().contains(id))
        .isPresent();
  }

  /**
   * Opens a game with the first move, unless a challenge was just refused, or its trace has to be
   * made first.
   *
   * @param again challenges once the trace is there
   * @return whether it waits for its trace
   */
  boolean challenge(ClaimView claim, RequestView request, Runnable again) {
    GameId id = GameId.of(context.expected().identity(), claim.id(), arbiter().account());
    Intent intent = Intent.of(IntentKind.CHALLENGE, id.value());
    if (!sender.maySend(intent)) {
      return false;
    }
    Optional<Opening> opening =
        traces.use(
            request.id(), trace -> chooser.challenge(claim.finalRoot().orElseThrow(), trace));
    if (opening.isEmpty()) {
      waiting.add(new TraceQueue.Waiting(id, request, windowEnd(claim), again));
      return true;
    }
    sender.send(intent, () -> arbiter().challenge(claim.id(), opening.get()));
    return false;
  }

  private long windowEnd(ClaimView claim) {
    Block now = context.head();
    return now.time() + claim.challenge().orElseThrow().secondsLeft(now);
  }

  private void play(GameId id) {
    GameView game = arbiter().game(id).orElseThrow();
    ClaimView claim = context.claim(game.claim());
    if (game.status() != GameStatus.OPEN) {
      machines.close(id);
    } else if (claim.status() == ClaimStatus.REFUTED) {
      machines.close(id);
      if (side == Side.CHALLENGER) {
        sender.send(
            Intent.of(IntentKind.CLOSE, id.value()),
            () -> arbiter().close(game.position().summary()));
      }
    } else if (context.expired(game.position().word())) {
      if (game.position().toMove() != side) {
        sender.send(
            Intent.of(IntentKind.TIME_OUT, id.value()),
            () -> arbiter().timeOut(game.position().summary()));
      }
    } else if (game.position().toMove() == side
        || game.position().phase().accepts() == MoveKind.WITNESS) {
      // Anybody may submit the witness, so a player who knows it does not wait for the other's
      // clock.
      move(game, context.request(claim));
    }
  }

  private void move(GameView game, RequestView request) {
    Optional<Optional<Move>> chosen = choose(game, request);
    if (chosen.isEmpty()) {
      waiting.add(
          new TraceQueue.Waiting(
              game.id(), request, deadline(game.id()), () -> startGame(game.id())));
      return;
    }
    Position at = game.position();
    Optional<Move> move = chosen.get();
    if (move.isPresent()) {
      sender.send(
          new Intent(IntentKind.MOVE, game.id().value(), game.positionHash().value()),
          () -> send(at, move.get()));
    } else if (at.toMove() == side) {
      context.listener().onNoMove(game.id());
    }
  }

  /** The move that the trace supports, if any; empty if there is no trace yet. */
  private Optional<Optional<Move>> choose(GameView game, RequestView request) {
    Position at = game.position();
    if (!MoveChooser.needsMachine(at)) {
      return traces.use(request.id(), trace -> chooser.amongNodes(at, trace));
    }
    NodeIndex node = MoveChooser.disputedNode(at);
    return machines.use(
        game.id(),
        node,
        () -> traces.use(request.id(), trace -> trace.machine(node)),
        machine -> chooser.insideNode(at, machine));
  }

  private void send(Position at, Move move) {
    switch (move) {
      case Move.Subdivide(var segment, var subdivision) ->
          arbiter().subdivide(at.open(segment), subdivision);
      case Move.OpenMachine(var opening) -> arbiter().openMachine(at.open(0), opening);
      case Move.SubmitWitness(var witness) -> arbiter().submitWitness(at.open(0), witness);
    }
  }

  private ModelRunner runner(RequestView request) {
    return context.runner(request.terms().model()).orElseThrow();
  }

  private Arbiter arbiter() {
    return context.arbiter();
  }

  @Override
  public void close() {
    machines.games().forEach(id -> tasks.run(id, () -> machines.close(id)));
    traces.retain(Map.of());
  }
}
