package dev.opml.dispute.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.toy.Arena;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventsTest {
  private final Arena arena = new Arena();
  private final long node = arena.endlessNode(123);
  private final Trace liar = arena.lying(node, 1L << 31);

  /** The stream tells a game move by move: enough to print it, and to rebuild every position. */
  @Test
  void subscribe_aWholeGame_tellsEveryMoveInOrder() {
    List<LoggedEvent> events = new ArrayList<>();
    arena.arbiter.subscribe(events::add);
    ClaimId claim = arena.claim(Arena.PROPOSER, liar);
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    int moves = arena.play(game, liar, arena.truth);
    assertEquals(
        arena.events().stream().map(LoggedEvent::event).skip(2).toList(),
        events.stream().map(LoggedEvent::event).toList());
    List<GameEvent> told =
        events.stream()
            .map(LoggedEvent::event)
            .filter(GameEvent.class::isInstance)
            .map(GameEvent.class::cast)
            .toList();
    // The challenge, the moves (the last of which is the witness) and the end.
    assertEquals(1 + moves + 1, told.size());
    assertInstanceOf(GameEvent.Challenged.class, told.getFirst());
    assertInstanceOf(GameEvent.InstructionExecuted.class, told.get(told.size() - 2));
    assertInstanceOf(GameEvent.Ended.class, told.getLast());
    var executed = (GameEvent.InstructionExecuted) told.get(told.size() - 2);
    assertEquals(node, executed.position().node().value());
    assertEquals(1L << 31, executed.position().low());
    long size = Long.MAX_VALUE;
    for (GameEvent event : told) {
      if (event instanceof GameEvent.MachineOpened) {
        size = Long.MAX_VALUE;
      }
      if (event instanceof GameEvent.Subdivided(var _, var mover, int segment, var position)) {
        assertEquals(mover, position.mover());
        assertEquals(true, position.size() < size && segment >= 0);
        size = position.size();
      }
    }
    for (int i = 1; i < events.size(); i++) {
      boolean same = events.get(i).block().equals(events.get(i - 1).block());
      assertEquals(same ? events.get(i - 1).index() + 1 : 0, events.get(i).index());
    }
  }

  @Test
  void subscriber_thatSendsTransactions_seesTheirEventsAfterwards() {
    List<ArbiterEvent> seen = new ArrayList<>();
    arena.arbiter.subscribe(logged -> {
      seen.add(logged.event());
      if (logged.event() instanceof ArbiterEvent.ClaimSealed) {
        arena.as(Arena.STRANGER).send(arena.announcement());
      }
    });
    arena.claim(Arena.PROPOSER, arena.truth);
    assertInstanceOf(ArbiterEvent.ClaimSealed.class, seen.get(0));
    assertInstanceOf(ArbiterEvent.ModelRegistered.class, seen.get(1));
    assertInstanceOf(ArbiterEvent.ClaimRevealed.class, seen.get(2));
  }

  @Test
  void subscription_closed_tellsNothingMore() {
    List<LoggedEvent> one = new ArrayList<>();
    List<LoggedEvent> other = new ArrayList<>();
    Subscription subscription = arena.arbiter.subscribe(one::add);
    arena.arbiter.subscribe(other::add);
    arena.as(Arena.STRANGER).send(arena.announcement());
    subscription.close();
    arena.as(Arena.STRANGER).send(arena.announcement());
    assertEquals(1, one.size());
    assertEquals(2, other.size());
  }

  /** The sender is told of the failure, and nobody else misses an event by it. */
  @Test
  void subscriber_thatThrows_othersSeeEveryEvent() {
    List<Address> seen = new ArrayList<>();
    arena.arbiter.subscribe(logged -> {
      if (publisher(logged).equals(Arena.STRANGER)) {
        throw new OutOfMemoryError("event " + logged.index());
      }
      throw new IllegalStateException("event " + logged.index());
    });
    arena.arbiter.subscribe(logged -> seen.add(publisher(logged)));
    assertThrows(OutOfMemoryError.class, () -> arena.as(Arena.STRANGER).send(arena.announcement()));
    assertThrows(
        IllegalStateException.class, () -> arena.as(Arena.CHALLENGER).send(arena.announcement()));
    assertEquals(List.of(Arena.STRANGER, Arena.CHALLENGER), seen);
  }

  private static Address publisher(LoggedEvent logged) {
    return ((ArbiterEvent.ModelRegistered) logged.event()).publisher();
  }

  /** Such events would cost so little that a block has more than a client reads. */
  @Test
  void withdraw_ofNothing_hasNoEvent() {
    List<LoggedEvent> seen = new ArrayList<>();
    arena.arbiter.subscribe(seen::add);
    arena.as(Arena.STRANGER).withdraw();
    assertEquals(List.of(), seen);
  }

  /** A transaction is in one block: a clock that ticks in the middle of it changes nothing. */
  @Test
  void transaction_whileTheClockTicks_isInOneBlock() {
    long[] time = {1_700_000_000};
    LocalArbiter ticking =
        new LocalArbiter(
            Arena.IDENTITY,
            arena.parameters,
            arena.truth.toyMachine(),
            () -> new dev.opml.dispute.Block(time[0], time[0]++));
    ticking.fund(Arena.REQUESTER, Arena.FEE);
    ticking
        .connect(Arena.REQUESTER)
        .register(
            arena.model.registration(),
            new dev.opml.dispute.chain.ModelSource(dev.opml.api.Bytes32.ZERO, "toy"));
    long before = time[0];
    ticking.connect(Arena.REQUESTER).request(arena.terms(5));
    assertEquals(before + 1, time[0]);
  }

  @Test
  void clockBlocks_clockGoesBack_timeStandsStill() {
    Instant[] now = {Instant.ofEpochSecond(1000)};
    ClockBlocks blocks = new ClockBlocks(() -> now[0]);
    assertEquals(1, blocks.head().number());
    now[0] = Instant.ofEpochSecond(1007);
    assertEquals(1007, blocks.head().time());
    now[0] = Instant.ofEpochSecond(900);
    assertEquals(1007, blocks.head().time());
    assertEquals(8, blocks.head().number());
    assertThrows(IllegalArgumentException.class, () -> new ManualBlocks().advance(-1));
  }
}
