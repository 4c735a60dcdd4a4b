package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import dev.opml.dispute.toy.ToyTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A round reads the chain once, and decides on what it read. */
class OneViewTest {
  private final Arena arena = new Arena();
  private final List<String> calls = new ArrayList<>();

  private final Heard heard = new Heard();

  private Proposer proposer(Arbiter chain, Executor workers) {
    return new Proposer(
        new AgentContext(
            chain,
            chain.deployment(),
            List.of(
                ModelRunner.ofTraces(
                    arena.model.id(), request -> new ToyTrace(arena.model, request))),
            new MemoryJournal(),
            heard,
            workers,
            10,
            AgentLimits.DEFAULT.withHandOver(Duration.ofMillis(100))),
        ProposerPolicy.STANDARD,
        new Salt(Bytes32.ZERO));
  }

  private Arbiter counted() {
    return Endpoints.with(
        arena.as(Arena.PROPOSER),
        (name, _, call) -> {
          if (!name.equals("account") && !name.equals("deployment")) {
            calls.add(name);
          }
          return call.answer();
        });
  }

  private GameId challenged() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    return arena.challenge(Arena.CHALLENGER, claim, arena.lying(345, 678));
  }

  @Test
  void poll_aMoveIsDue_isDecidedOnOneRefresh() {
    GameId game = challenged();
    Proposer proposer = proposer(counted(), Runnable::run);
    proposer.poll();
    arena.blocks.advance(12);
    proposer.poll();
    arena.step(game, arena.truth, arena.lying(345, 678));
    assertEquals(Side.PROPOSER, arena.game(game).position().toMove());
    calls.clear();
    proposer.poll();
    assertEquals(List.of("head", "head", "events", "funds", "sign", "broadcast", "outcome"), calls);
  }

  /** Free requests must cost neither reads nor time in every round. */
  @Test
  void poll_manyOpenRequests_readsNoneOfThem() {
    Proposer proposer = proposer(counted(), Runnable::run);
    for (int i = 0; i < 200; i++) {
      arena.as(Arena.REQUESTER).request(arena.terms(100 + i));
    }
    arena.arbiter.fund(Arena.PROPOSER, arena.parameters.money().claimBond().times(100));
    for (int i = 0; i < 20; i++) {
      proposer.poll();
      arena.blocks.advance(12);
    }
    calls.clear();
    proposer.poll();
    assertTrue(calls.size() <= 5, calls::toString);
  }

  /** The move was not made while the endpoint answered, and has to be, while it does not. */
  @Test
  void poll_readHangs_movesThatAreDueAreMadeAllTheSame() throws Exception {
    GameId game = challenged();
    AtomicBoolean hangs = new AtomicBoolean();
    CountDownLatch interrupted = new CountDownLatch(1);
    Arbiter chain =
        Endpoints.with(
            arena.as(Arena.PROPOSER),
            (name, _, call) -> {
              if (hangs.get() && name.equals("head")) {
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                  throw new IllegalStateException(e);
                }
              }
              return call.answer();
            });
    AtomicBoolean busy = new AtomicBoolean(true);
    Proposer proposer =
        proposer(
            chain,
            task -> {
              if (busy.get()) {
                throw new IllegalStateException("busy");
              }
              task.run();
            });
    proposer.poll();
    assertEquals(Side.PROPOSER, arena.game(game).position().toMove());
    busy.set(false);
    hangs.set(true);
    heard.failures.clear();
    proposer.poll();
    assertEquals(Side.CHALLENGER, arena.game(game).position().toMove());
    assertInstanceOf(ChainHangsException.class, heard.failures.getFirst());
    while (!interrupted.await(1, TimeUnit.MILLISECONDS)) {
      proposer.poll(); // fails at once
    }
    hangs.set(false);
    arena.play(game, arena.truth, arena.lying(345, 678));
    arena.blocks.advance(12);
    do { // the read that was interrupted may take a moment to end
      heard.failures.clear();
      proposer.poll();
    } while (heard.failures.stream().anyMatch(ChainHangsException.class::isInstance));
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    assertEquals(List.of(), heard.failures);
  }
}
