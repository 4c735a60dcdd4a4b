package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

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
  private final TraceCache traces = new TraceCache();
  private final MachineCache machines = new MachineCache();
  private final Steps steps;
  private final Semaphore making;

  GamePlayer(AgentContext context, Lookout lookout, Side side, Sender sender, Tasks tasks) {
    this.context = context;
    this.lookout = lookout;
    this.side = side;
    this.sender = sender;
    this.tasks = tasks;
    this.steps = new Steps(context.listener());
    this.making = new Semaphore(context.limits().traces(), true);
    this.chooser = new MoveChooser(context.expected().parameters().arity());
  }

  /** Makes every move that is due, and forgets what the other games needed. */
  void poll(ChainView chain) {
    List<GameView> games = chain.newest().games().stream().filter(this::isOurs).toList();
    steps
        .mostUrgentFirst(games, _ -> 0, this::deadline)
        .forEach(game -> tasks.start(Work.GAME, game.id(), () -> play(game.id())));
    steps.run(Work.GAME, () -> closeMachines(games));
    steps.run(Work.GAME, () -> dropTraces(chain));
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

  /** Drops all traces but those of games that are open, or were when all was final. */
  private void dropTraces(ChainView chain) {
    Set<RequestId> needed = new HashSet<>();
    for (ArbiterView state : List.of(chain.newest(), chain.finalized())) {
      state.games().stream()
          .filter(this::isOurs)
          .flatMap(game -> state.claim(game.claim()).stream())
          .forEach(claim -> needed.add(claim.request()));
    }
    traces.retain(needed).forEach(trace -> tasks.startOrRun(Work.GAME, trace, trace::close));
  }

  /**
   * Opens a game with the first move, unless a challenge was just refused.
   *
   * @param due whether it is still to be sent, once the trace is made
   */
  void challenge(ClaimView claim, RequestView request, BooleanSupplier due) {
    GameId id = GameId.of(context.expected().identity(), claim.id(), account());
    Intent intent = Intent.of(IntentKind.CHALLENGE, id.value());
    if (!sender.maySend(intent)) {
      return;
    }
    ModelRunner runner = runner(request);
    traces.use(
        request.id(),
        () -> runner.trace(request.terms().inference()),
        trace -> {
          Opening opening = chooser.challenge(claim.finalRoot().orElseThrow(), trace);
          if (due.getAsBoolean()) {
            sender.send(intent, new ArbiterCall.Challenge(claim.id(), opening));
          }
          return id;
        });
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
    Position at = game.position();
    Optional<Move> move =
        useTrace(
            request,
            trace ->
                MoveChooser.needsMachine(at)
                    ? machines.use(
                        game.id(),
                        MoveChooser.disputedNode(at),
                        trace,
                        machine -> chooser.insideNode(at, machine))
                    : chooser.amongNodes(at, trace));
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
      case Move.OpenMachine(var opening) -> new ArbiterCall.OpenMachine(at.open(0), opening);
      case Move.SubmitWitness(var witness) -> new ArbiterCall.SubmitWitness(at.open(0), witness);
    };
  }

  private <T> T useTrace(RequestView request, Function<Trace, T> user) {
    return traces.use(request.id(), () -> makeTrace(request), user);
  }

  /** Makes a trace for a game; others in the making may have to end first. */
  private Trace makeTrace(RequestView request) {
    making.acquireUninterruptibly();
    try {
      return runner(request).trace(request.terms().inference());
    } finally {
      making.release();
    }
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
    traces.retain(Set.of()).forEach(trace -> tasks.run(trace, trace::close));
  }
}
