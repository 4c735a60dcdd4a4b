package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Actions of others, and failures in one place, must not keep an agent from its other work. */
class RobustnessTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private final Arena arena = new Arena();

  private final Heard heard = new Heard();

  private AgentContext context(Address account, ModelRunner runner) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        new MemoryJournal(),
        heard,
        Runnable::run,
        10);
  }

  private ModelRunner runner(Function<InferenceRequest, Trace> traces) {
    return ModelRunner.ofTraces(arena.model.id(), traces);
  }

  private ModelRunner honest() {
    return runner(request -> new ToyTrace(arena.model, request));
  }

  private Proposer proposer(ModelRunner runner) {
    return new Proposer(context(Arena.PROPOSER, runner), ProposerPolicy.UNANSWERED, SECRET);
  }

  private void rounds(int count, long seconds, Agent... agents) {
    for (int i = 0; i < count; i++) {
      for (Agent agent : agents) {
        agent.poll();
      }
      arena.assertMoneyConserved();
      arena.blocks.advance(seconds);
    }
  }

  /** Else a request is stalled for ever at the price of one bond. */
  @Test
  void rivalThatNeverReveals_isExpiredAndTheRequestAnswered() {
    ClaimId rival =
        arena
            .as(Arena.STRANGER)
            .seal(arena.request, new Seal(new Bytes32(8, 8, 8, 8)), arena.truth.output());
    rounds(130, 90, proposer(honest()));
    assertEquals(ClaimStatus.EXPIRED, arena.claim(rival).status());
    assertEquals(RequestStatus.FINAL, arena.request().status());
    assertTrue(arena.request().feeGone());
  }

  /** Its own reveal was missed while the agent was away, and nobody else is there to say so. */
  @Test
  void ownClaimThatWasNotRevealed_isExpiredAndTheRequestAnswered() {
    proposer(honest()).poll();
    arena.blocks.advance(700);
    rounds(130, 90, proposer(honest()));
    assertEquals(2, arena.request().claims().size());
    assertEquals(RequestStatus.FINAL, arena.request().status());
  }

  @Test
  void rivalThatNobodySettles_isSettled() {
    ClaimId rival = arena.claim(Arena.STRANGER, arena.truth);
    rounds(130, 60, proposer(honest()));
    assertEquals(ClaimStatus.FINAL, arena.claim(rival).status());
    assertEquals(List.of(rival), arena.request().claims());
  }

  /** An agent counts as the arbiter does: what it can still do it does, instead of giving up. */
  @Test
  void chainThatStoodStill_ownClaimIsRevealedAllTheSame() {
    Proposer proposer = proposer(honest());
    proposer.poll();
    arena.blocks.standStill(100_000);
    proposer.poll();
    assertEquals(ClaimStatus.REVEALED, arena.claim(arena.request().claims().getFirst()).status());
    assertEquals(List.of(), heard.failures);
  }

  @Test
  void chainThatStoodStill_falseClaimIsChallengedAllTheSame() {
    ClaimId claim =
        arena.claim(Arena.PROPOSER, new FabricatedTrace(arena.truth, Fabrication.about(70, 3)));
    arena.blocks.standStill(100_000);
    new Challenger(context(Arena.CHALLENGER, honest())).poll();
    assertEquals(1, arena.claim(claim).openGames());
    assertEquals(List.of(), heard.failures);
  }

  /** An error while a trace is made is one game's failure; the trace is made again. */
  @Test
  void traceThatEndsInAnError_isMadeAgain() {
    AtomicInteger calls = new AtomicInteger();
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    Fabrication lie = Fabrication.about(1, 1);
    ModelRunner flaky =
        runner(request -> {
          if (calls.getAndIncrement() == 0) {
            throw new StackOverflowError("say");
          }
          return new ToyTrace(arena.model, request);
        });
    GameId game = arena.challenge(Arena.CHALLENGER, claim, new FabricatedTrace(arena.truth, lie));
    Challenger liar =
        new Challenger(
            context(Arena.CHALLENGER, runner(_ -> new FabricatedTrace(arena.truth, lie))));
    Proposer proposer = proposer(flaky);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> rounds(40, 30, proposer, liar), "waits for a dead trace");
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    assertEquals(1, heard.failures.size());
  }

  /** Two requests: the first game ends, its trace cannot be closed, the second goes on. */
  @Test
  void traceThatCannotBeClosed_delaysNoGame() {
    RequestId other = arena.as(Arena.REQUESTER).request(arena.terms(1));
    AtomicInteger closed = new AtomicInteger();
    ModelRunner broken = new SplitRunner(honest()::verify, request -> unclosable(request, closed));
    Proposer liar =
        proposer(runner(r -> new FabricatedTrace(arena.truth, Fabrication.about(70, 3))));
    Challenger challenger = new Challenger(context(Arena.CHALLENGER, broken));
    for (int i = 0; i < 40; i++) {
      liar.poll();
      challenger.poll();
      arena.blocks.advance(30);
    }
    RequestId third = arena.as(Arena.REQUESTER).request(arena.terms(2));
    for (int i = 0; i < 40; i++) {
      liar.poll();
      challenger.poll();
      arena.blocks.advance(30);
    }
    assertTrue(closed.get() > 0);
    for (RequestId request : List.of(arena.request, other, third)) {
      ClaimId claim = arena.as(Arena.STRANGER).request(request).orElseThrow().claims().getFirst();
      assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    }
  }

  private Trace unclosable(InferenceRequest request, AtomicInteger closed) {
    Trace trace = new ToyTrace(arena.model, request);
    return (Trace)
        Proxy.newProxyInstance(
            Trace.class.getClassLoader(),
            new Class<?>[] {Trace.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                closed.getAndIncrement();
                throw new IllegalStateException("cannot unmap");
              }
              if (method.getName().equals("hashCode")) {
                return System.identityHashCode(proxy);
              }
              if (method.getName().equals("equals")) {
                return proxy == arguments[0];
              }
              try {
                return method.invoke(trace, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A runner whose traces for games have nothing to do with how it checks claims. */
  private final class SplitRunner implements ModelRunner {
    private final Function<Claim, Verification> verification;
    private final Function<InferenceRequest, Trace> traces;

    SplitRunner(
        Function<Claim, Verification> verification, Function<InferenceRequest, Trace> traces) {
      this.verification = verification;
      this.traces = traces;
    }

    @Override
    public ModelId model() {
      return arena.model.id();
    }

    @Override
    public Answer answer(InferenceRequest request) {
      throw new AssertionError("only proposers answer");
    }

    @Override
    public Verification verify(Claim claim) {
      return verification.apply(claim);
    }

    @Override
    public Trace trace(InferenceRequest request) {
      return traces.apply(request);
    }
  }

  /** Copies of a true claim cost their makers nothing, so they must cost a verifier nothing. */
  @Test
  void copiesOfAClaim_areCheckedOnce() {
    ClaimId first = arena.claim(Arena.PROPOSER, arena.truth);
    ClaimId copy = arena.claim(Arena.STRANGER, arena.truth);
    AtomicInteger checks = new AtomicInteger();
    ModelRunner counting =
        new SplitRunner(
            claimed -> {
              checks.getAndIncrement();
              return honest().verify(claimed);
            },
            _ -> {
              throw new AssertionError("a verifier plays nothing");
            });
    Verifier verifier = new Verifier(context(Arena.CHALLENGER, counting));
    verifier.poll();
    verifier.poll();
    assertEquals(1, checks.get());
    assertEquals(List.of(first, copy), heard.judged);
    assertTrue(verifier.verdict(copy).orElseThrow().holds());
    arena.arbiter.fund(Address.named("rich"), Arena.BOND);
    ClaimId wrong =
        arena.claim(
            Address.named("rich"),
            new FabricatedTrace(arena.truth, Fabrication.about(3, 3).claiming(TokenIds.of(9))));
    verifier.poll();
    assertEquals(2, checks.get());
    assertFalse(verifier.verdict(wrong).orElseThrow().holds());
  }

  /** An interrupt would close a file journal, and with it every other game. */
  @Test
  void loop_closedDuringARound_letsItEnd() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Agent slow =
        new Agent() {
          @Override
          public void poll() {
            entered.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              interrupted.set(true);
            }
          }

          @Override
          public void close() {}
        };
    AgentLoop loop = AgentLoop.start(slow, Duration.ofDays(1), heard);
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    Thread closer = Thread.ofVirtual().start(loop::close);
    Thread.sleep(20);
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(10)));
    assertFalse(interrupted.get());
  }
}
