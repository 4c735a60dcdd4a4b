package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.game.MoveKind;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Plays all games of an account on one side. */
final class GamePlayer implements AutoCloseable {
  /** Above every time in seconds since 1970. */
  private static final long OPPONENTS_TURN = 1L << 40;

  private final AgentContext context;
  private final Side side;
  private final Sender sender;
  private final Tasks tasks;
  private final MoveChooser chooser;
  private final TraceCache traces = new TraceCache();
  private final MachineCache machines = new MachineCache();
  private final Steps steps;
  private final Semaphore making;

  GamePlayer(AgentContext context, Side side, Sender sender, Tasks tasks) {
    this.context = context;
    this.side = side;
    this.sender = sender;
    this.tasks = tasks;
    this.steps = new Steps(context.listener());
    this.making = new Semaphore(context.limits().traces(), true);
    this.chooser = new MoveChooser(context.expected().parameters().arity());
  }

  /** Makes every move that is due, and forgets what the other games needed. */
  void poll(ChainIndex index) {
    List<GameId> games = index.games(steps.orKeep(this::isOurs));
    steps
        .mostUrgentFirst(games, _ -> 0, this::deadline)
        .forEach(id -> tasks.start(Work.GAME, id, () -> play(id)));
    steps.run(Work.GAME, () -> dropTraces(games));
  }

  /** Time until which a game needs us: our clock's end, and after all of those the opponent's. */
  private long deadline(GameId id) {
    GameView game = arbiter().game(id).orElseThrow();
    long end = game.position().word().deadline();
    return game.position().toMove() == side ? end : OPPONENTS_TURN + end;
  }

  private void dropTraces(List<GameId> games) {
    Set<RequestId> needed = new HashSet<>();
    for (GameId id : games) {
      // One that cannot be read keeps none of the others; its own trace is made anew.
      steps.run(
          id,
          () ->
              arbiter()
                  .game(id)
                  .ifPresent(game -> needed.add(context.claim(game.claim()).request())));
    }
    traces.retain(needed).forEach(trace -> tasks.startOrRun(Work.GAME, trace, trace::close));
  }

  /** Whether a game is ours to play or to clean up after. */
  private boolean isOurs(GameId id) {
    return arbiter()
        .game(id)
        .filter(game -> game.player(side).equals(arbiter().account()))
        .filter(game -> game.status() == GameStatus.OPEN || machines.games().contains(id))
        .isPresent();
  }

  /** Opens a game with the first move, unless a challenge was just refused. */
  void challenge(ClaimView claim, RequestView request) {
    GameId id = GameId.of(context.expected().identity(), claim.id(), arbiter().account());
    Intent intent = Intent.of(IntentKind.CHALLENGE, id.value());
    if (!sender.maySend(intent)) {
      return;
    }
    ModelRunner runner = runner(request);
    traces.use(
        request.id(),
        () -> runner.trace(request.terms().inference()),
        trace -> {
          sender.send(
              intent,
              () ->
                  arbiter()
                      .challenge(
                          claim.id(), chooser.challenge(claim.finalRoot().orElseThrow(), trace)));
          return id;
        });
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
      sender.send(
          new Intent(IntentKind.MOVE, game.id().value(), game.positionHash().value()),
          () -> send(at, move.get()));
    } else if (at.toMove() == side) {
      context.listener().onNoMove(game.id());
    }
  }

  private void send(Position at, Move move) {
    switch (move) {
      case Move.Subdivide(var segment, var subdivision) ->
          arbiter().subdivide(at.open(segment), subdivision);
      case Move.OpenMachine(var opening) -> arbiter().openMachine(at.open(0), opening);
      case Move.SubmitWitness(var witness) -> arbiter().submitWitness(at.open(0), witness);
    }
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

  private Arbiter arbiter() {
    return context.arbiter();
  }

  @Override
  public void close() {
    machines.games().forEach(id -> tasks.run(id, () -> machines.close(id)));
    traces.retain(Set.of()).forEach(trace -> tasks.run(trace, trace::close));
  }
}
