package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that dies at each of its transactions: once when the line of the journal is half
 * written, once between the journal and the transaction, and once between the transaction and the
 * line that says so. Each time it starts anew from the chain and what was on the disk.
 */
class CrashTest {
  @TempDir Path folder;

  private final Arena arena = new Arena();
  private final List<String> refusals = new ArrayList<>();
  private int attempts;
  private boolean dead;
  private byte[] disk = {};

  /** All that was ever on the disk: what is there is compacted at each start. */
  private final StringBuilder history = new StringBuilder();

  /** The process is gone: nothing after this counts. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final class Refusals implements AgentListener {
    @Override
    public void onRefused(Intent intent, ArbiterRefusedException refusal) {
      refusals.add(intent.kind() + ": " + refusal.getMessage());
    }

    @Override
    public void onFailure(Object what, Throwable failure) {
      // Whoever is killed fails.
    }
  }

  private Path journal() {
    return folder.resolve("agent.journal");
  }

  private ModelRunner honest() {
    return ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));
  }

  private ModelRunner liar() {
    return ModelRunner.ofTraces(
        arena.model.id(),
        request ->
            new FabricatedTrace(new ToyTrace(arena.model, request), Fabrication.about(345, 678)));
  }

  private AgentContext context(Arbiter arbiter, ModelRunner runner, Journal journal) {
    return new AgentContext(
        arbiter, arbiter.deployment(), List.of(runner), journal, new Refusals(), Runnable::run, 10);
  }

  /** A connection over which the process dies. */
  private Arbiter deadly(Address account) {
    Arbiter arbiter = arena.as(account);
    return (Arbiter)
        Proxy.newProxyInstance(
            Arbiter.class.getClassLoader(),
            new Class<?>[] {Arbiter.class},
            (_, method, arguments) -> call(arbiter, method, arguments));
  }

  private Object call(Arbiter arbiter, Method method, Object[] arguments) throws Throwable {
    if (dead) {
      throw new Killed();
    }
    try {
      if (!method.getName().equals("broadcast")) {
        return method.invoke(arbiter, arguments);
      }
      int crash = attempts++ % 3;
      if (crash == 2) {
        method.invoke(arbiter, arguments);
      }
      die(crash == 0);
      throw new Killed();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void die(boolean halfLine) {
    dead = true;
    try {
      byte[] written = Files.readAllBytes(journal());
      disk = halfLine ? Arrays.copyOf(written, written.length - 30) : written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Polls an agent that may die, with what an earlier one has left on the disk. */
  private void life(Function<Journal, Agent> agent) {
    try {
      Files.write(journal(), disk);
      history.append(new String(disk, StandardCharsets.UTF_8));
      dead = false;
      try (Journal journal = FileJournal.open(journal());
          Agent alive = agent.apply(journal)) {
        assertEquals(List.of(), journal.pending(), "not reconciled");
        alive.poll();
      } catch (Killed e) {
        assertTrue(dead);
      }
      if (!dead) {
        disk = Files.readAllBytes(journal());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void challenger_killedAtEveryTransaction_refutesAllTheSame() {
    Agent liar =
        new Proposer(
            context(arena.as(Arena.PROPOSER), liar(), new dev.opml.dispute.journal.MemoryJournal()),
            ProposerPolicy.UNANSWERED,
            new Salt(Bytes32.ZERO));
    for (int round = 0; round < 80; round++) {
      liar.poll();
      life(journal -> new Challenger(context(deadly(Arena.CHALLENGER), honest(), journal)));
      arena.assertMoneyConserved();
      arena.blocks.advance(20);
    }
    ClaimId claim = arena.request().claims().getFirst();
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    assertEquals(1, arena.claim(claim).games().size());
    assertDiedAtEveryTransaction();
  }

  @Test
  void proposer_killedAtEveryTransaction_isPaidAllTheSame() {
    Agent liar =
        new Challenger(
            context(
                arena.as(Arena.CHALLENGER), liar(), new dev.opml.dispute.journal.MemoryJournal()));
    for (int round = 0; round < 80; round++) {
      life(journal ->
          new Proposer(
              context(deadly(Arena.PROPOSER), honest(), journal),
              ProposerPolicy.UNANSWERED,
              new Salt(Bytes32.ZERO)));
      liar.poll();
      arena.assertMoneyConserved();
      arena.blocks.advance(round < 60 ? 20 : 7200);
    }
    assertEquals(1, arena.request().claims().size());
    assertEquals(ClaimStatus.FINAL, arena.claim(arena.request().claims().getFirst()).status());
    assertTrue(arena.request().feeGone());
    assertTrue(
        dev.opml.dispute.Wei.ether(100)
            .plus(Arena.FEE)
            .isLessThan(arena.as(Arena.PROPOSER).balance(Arena.PROPOSER)));
    assertDiedAtEveryTransaction();
  }

  private void assertDiedAtEveryTransaction() {
    assertEquals(List.of(), refusals);
    assertTrue(attempts >= 30, attempts + " crashes");
    assertEquals(0, attempts % 3, "the last transaction was not made");
    String journal = history.toString();
    for (String outcome : List.of("ACCEPTED", "FOUND_MISSING")) {
      assertTrue(journal.contains(outcome), journal);
    }
  }
}
