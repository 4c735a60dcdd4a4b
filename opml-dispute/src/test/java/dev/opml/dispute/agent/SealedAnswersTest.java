package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.journal.SealedAnswer;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proposer between seal and reveal. */
class SealedAnswersTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private static final int CLAIMS = 19;

  /** Lets a round answer, and reveal, all of the claims. */
  private static final AgentLimits LIMITS =
      AgentLimits.DEFAULT
          .withTasks(new TaskLimits(1, CLAIMS, 1, 1, 0, CLAIMS))
          .withOpenClaims(CLAIMS);

  @TempDir Path folder;

  private Arena arena = new Arena();
  private final List<Throwable> failures = new ArrayList<>();

  private Path file() {
    return folder.resolve("agent.journal");
  }

  private ModelRunner honest() {
    return ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));
  }

  /** A runner that must not run the model. */
  private ModelRunner idle() {
    ModelRunner runner = mock(ModelRunner.class);
    when(runner.model()).thenReturn(arena.model.id());
    when(runner.answer(any())).thenThrow(new AssertionError("the model is run again"));
    return runner;
  }

  private Proposer proposer(Arbiter arbiter, ModelRunner runner, Journal journal) {
    AgentListener listener =
        new AgentListener() {
          @Override
          public void onFailure(Object what, Throwable failure) {
            failures.add(failure);
          }
        };
    AgentContext context =
        new AgentContext(
            arbiter,
            arbiter.deployment(),
            List.of(runner),
            journal,
            listener,
            Runnable::run,
            10,
            LIMITS);
    return new Proposer(context, ProposerPolicy.UNANSWERED, SECRET);
  }

  private Proposer proposer(ModelRunner runner, Journal journal) {
    return proposer(arena.as(Arena.PROPOSER), runner, journal);
  }

  private ClaimView claim(RequestId request) {
    return arena.claim(arena.as(Arena.STRANGER).request(request).orElseThrow().claims().getFirst());
  }

  /** A restart between seal and reveal burnt 50 ether: each answer was computed again. */
  @Test
  void restart_with19SealedClaims_revealsAllAndRunsNoModel() {
    List<RequestId> requests = new ArrayList<>(List.of(arena.request));
    for (int i = 1; i < CLAIMS; i++) {
      requests.add(arena.as(Arena.REQUESTER).request(arena.terms(i)));
    }
    try (Journal journal = FileJournal.open(file());
        Agent proposer = proposer(honest(), journal)) {
      proposer.poll();
      assertEquals(CLAIMS, journal.kept().size());
    }
    requests.forEach(id -> assertEquals(ClaimStatus.SEALED, claim(id).status()));
    arena.blocks.advance(60);
    ModelRunner idle = idle();
    try (Journal journal = FileJournal.open(file());
        Agent proposer = proposer(idle, journal)) {
      proposer.poll();
      assertEquals(CLAIMS, journal.kept().size(), "the reveals are not final");
      arena.blocks.advance(12);
      proposer.poll();
      assertEquals(List.of(), journal.kept());
    }
    requests.forEach(id -> assertEquals(ClaimStatus.REVEALED, claim(id).status()));
    verify(idle, never()).answer(any());
    assertEquals(List.of(), failures);
  }

  @Test
  void restart_withoutTheJournal_computesAgain() {
    proposer(honest(), new MemoryJournal()).poll();
    arena.blocks.advance(60);
    proposer(honest(), new MemoryJournal()).poll();
    assertEquals(ClaimStatus.REVEALED, claim(arena.request).status());
    assertEquals(List.of(), failures);
  }

  /** Somebody else's journal, or one of another chain with the same ids. */
  @Test
  void restart_keptAnswerThatDoesNotOpenTheSeal_computesAgain() {
    proposer(honest(), new MemoryJournal()).poll();
    arena.blocks.advance(60);
    MemoryJournal journal = new MemoryJournal();
    journal.keep(answer(claim(arena.request).id(), arena.request));
    proposer(honest(), journal).poll();
    assertEquals(ClaimStatus.REVEALED, claim(arena.request).status());
    arena.blocks.advance(12);
    proposer(honest(), journal).poll();
    assertEquals(List.of(), journal.kept());
    assertEquals(List.of(), failures);
  }

  private static SealedAnswer answer(ClaimId claim, RequestId request) {
    return new SealedAnswer(
        claim,
        request,
        new Reveal(
            new StateRoot(Bytes32.ZERO), SiblingPath.of(new byte[8]), new Salt(Bytes32.ZERO)));
  }

  @Test
  void restart_claimExpiredMeanwhile_dropsTheAnswer() {
    MemoryJournal journal = new MemoryJournal();
    proposer(honest(), journal).poll();
    assertEquals(1, journal.kept().size());
    arena.blocks.advance(5_000);
    arena.as(Arena.STRANGER).expire(claim(arena.request).id());
    arena.blocks.advance(12);
    proposer(idle(), journal);
    assertEquals(List.of(), journal.kept());
  }

  @Test
  void poll_claimThatNobodyExpired_dropsTheAnswer() {
    MemoryJournal journal = new MemoryJournal();
    proposer(honest(), journal).poll();
    ClaimId claim = claim(arena.request).id();
    arena.blocks.advance(5_000);
    proposer(idle(), journal).poll();
    assertEquals(ClaimStatus.EXPIRED, arena.claim(claim).status());
    assertTrue(journal.kept(claim).isPresent(), "a reorganisation may take it back");
    arena.blocks.advance(12);
    proposer(idle(), journal).poll();
    assertTrue(journal.kept(claim).isEmpty());
  }

  /** Its transaction may be under way until nobody takes it any more. */
  @Test
  void restart_sealThatNeverArrived_keepsTheAnswerUntilSealingEnds() {
    ClaimId claim = new ClaimId(new Bytes32(1, 2, 3, 4));
    SealedAnswer answer = answer(claim, arena.request);
    MemoryJournal journal = new MemoryJournal();
    journal.keep(answer);
    proposer(idle(), journal);
    assertEquals(List.of(answer), journal.kept());
    arena.blocks.advance(100_000);
    proposer(idle(), journal);
    assertEquals(List.of(), journal.kept());
  }

  /** The process is gone: nothing after this counts. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Counts steps, and dies at one of them: before it, after it, or in the middle of its line. */
  private final class Death {
    private static final Set<String> STEPS =
        Set.of("begin", "sent", "end", "keep", "drop", "broadcast");
    private final int at;
    private final int kind;
    private int steps;
    boolean dead;

    Death(int at, int kind) {
      this.at = at;
      this.kind = kind;
    }

    <T> T over(Class<T> type, T target) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
      if (dead && !method.getName().equals("close")) {
        throw new Killed();
      }
      boolean dies = STEPS.contains(method.getName()) && steps++ == at;
      dead |= dies;
      if (dies && kind == 0) {
        throw new Killed();
      }
      long before = Files.exists(file()) ? Files.size(file()) : 0;
      Object result;
      try {
        result = method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
      if (!dies) {
        return result;
      }
      long after = Files.size(file());
      if (kind == 2 && after > before) {
        byte[] lines = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(lines, (int) (before + after) / 2));
      }
      throw new Killed();
    }
  }

  /** A life of a proposer; what a killed one reports does not count. */
  private void life(Death death, ModelRunner runner) {
    int told = failures.size();
    try (Journal journal = FileJournal.open(file());
        Agent proposer =
            proposer(
                death.over(Arbiter.class, arena.as(Arena.PROPOSER)),
                runner,
                death.over(Journal.class, journal))) {
      for (int i = 0; i < 3; i++) {
        proposer.poll();
        arena.blocks.advance(60);
      }
    } catch (Killed e) {
      assertTrue(death.dead);
    }
    if (death.dead) {
      failures.subList(told, failures.size()).clear();
    }
  }

  @Test
  void killed_atEveryLineAndTransaction_revealsAndRunsTheModelNoMoreOnceSealed()
      throws IOException {
    int deaths = 0;
    for (int kind = 0; kind < 3; kind++) {
      boolean died = true;
      for (int at = 0; died; at++) {
        arena = new Arena();
        Files.deleteIfExists(file());
        Death death = new Death(at, kind);
        life(death, honest());
        died = death.dead;
        deaths += died ? 1 : 0;
        boolean sealed = !arena.request().claims().isEmpty();
        for (int life = 0; life < 2; life++) {
          arena.blocks.advance(60);
          life(new Death(Integer.MAX_VALUE, 0), sealed ? idle() : honest());
        }
        String when = "step " + at + ", kind " + kind + ": ";
        assertEquals(List.of(), failures, when);
        assertEquals(1, arena.request().claims().size(), when);
        assertEquals(ClaimStatus.REVEALED, claim(arena.request).status(), when);
        try (Journal journal = FileJournal.open(file())) {
          assertEquals(List.of(), journal.kept(), when);
          assertEquals(List.of(), journal.pending(), when);
        }
      }
    }
    assertEquals(3 * 10, deaths);
  }
}
