package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.journal.SealedAnswer;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.view.ChainView;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Holes that were found by attacking the agents, each of which lost somebody a bond or hung. */
class AgentHolesTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private Arena arena = new Arena();
  private final List<Throwable> failures = new ArrayList<>();
  private AgentListener listener =
      new AgentListener() {
        @Override
        public void onFailure(Object what, Throwable failure) {
          failures.add(failure);
        }

        @Override
        public void onDeclined(Object what, Decline why) {}
      };

  private ModelRunner runner(Function<InferenceRequest, Trace> traces) {
    return ModelRunner.ofTraces(arena.model.id(), traces);
  }

  private ModelRunner honest() {
    return runner(request -> new ToyTrace(arena.model, request));
  }

  private ModelRunner liar() {
    return runner(request ->
        new FabricatedTrace(new ToyTrace(arena.model, request), Fabrication.about(345, 678)));
  }

  private AgentContext context(
      Arbiter arbiter, List<ModelRunner> runners, Journal journal, Executor workers) {
    return new AgentContext(arbiter, arbiter.deployment(), runners, journal, listener, workers, 10);
  }

  private AgentContext context(Arbiter arbiter, ModelRunner runner) {
    return context(arbiter, List.of(runner), new MemoryJournal(), Runnable::run);
  }

  private static Arbiter proxy(Arbiter arbiter, java.lang.reflect.InvocationHandler handler) {
    return (Arbiter)
        Proxy.newProxyInstance(
            Arbiter.class.getClassLoader(), new Class<?>[] {Arbiter.class}, handler);
  }

  private static Object call(Arbiter arbiter, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(arbiter, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private RequestTerms terms(InferenceRequest inference, Wei fee, long seconds, long nonce) {
    long length = inference.traceLength(arena.model.header());
    return new RequestTerms(
        arena.model.id(),
        inference,
        fee,
        arena.blocks.head().time() + seconds,
        Arena.REQUESTER,
        FinalityPolicy.least(arena.parameters, length),
        nonce);
  }

  private RequestView request(RequestId id) {
    return arena.as(Arena.STRANGER).request(id).orElseThrow();
  }

  /** Requests that are over cost reads in every round for ever; games wait for the round. */
  @Test
  void proposer_manyFreeRequestsThatNobodyRefunded_losesNoTrueClaim() {
    for (int i = 0; i < 1000; i++) {
      arena
          .as(Arena.REQUESTER)
          .request(terms(InferenceRequest.greedy(TokenIds.of(6), 1), Wei.ZERO, 3600, 1000 + i));
    }
    arena.blocks.advance(3601); // dead: nobody can answer them any more, and nobody refunds them
    RequestId paid = arena.as(Arena.REQUESTER).request(arena.terms(1));
    AtomicLong reads = new AtomicLong();
    Arbiter real = arena.as(Arena.PROPOSER);
    Arbiter chain =
        proxy(
            real,
            (_, method, arguments) -> {
              reads.getAndIncrement();
              return call(real, method, arguments);
            });
    Proposer proposer = new Proposer(context(chain, honest()), ProposerPolicy.STANDARD, SECRET);
    Challenger liar = new Challenger(context(arena.as(Arena.CHALLENGER), liar()));
    proposer.poll();
    arena.blocks.advance(60);
    proposer.poll();
    reads.set(0);
    proposer.poll();
    ClaimId claim = request(paid).claims().getFirst();
    liar.poll();
    liar.poll(); // a trace a round, and there are two claims
    GameId game = arena.claim(claim).games().getFirst();
    for (int i = 0; i < 100 && arena.game(game).status() == GameStatus.OPEN; i++) {
      reads.set(0);
      proposer.poll();
      liar.poll();
      arena.blocks.advance(Math.max(12, reads.get() / 2)); // a read takes half a second
      liar.poll();
    }
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
  }

  /** An endpoint gives another request's true view. */
  @Test
  void proposer_chainGivesAnotherRequest_sealsNothing() {
    RequestId other =
        arena
            .as(Arena.REQUESTER)
            .request(terms(InferenceRequest.greedy(TokenIds.of(6), 1), Arena.FEE, 4000, 77));
    RequestTerms terms = request(other).terms();
    Arbiter chain =
        Endpoints.changing(
            arena.as(Arena.PROPOSER),
            event ->
                event instanceof ArbiterEvent.RequestMade it && it.request().equals(arena.request)
                    ? new ArbiterEvent.RequestMade(
                        it.request(),
                        it.requester(),
                        terms,
                        request(other).inputRoot(),
                        request(other).initialRoot(),
                        it.traceLength())
                    : event);
    Proposer proposer = new Proposer(context(chain, honest()), ProposerPolicy.ALL, SECRET);
    for (int i = 0; i < 200; i++) {
      proposer.poll();
      arena.blocks.advance(30);
    }
    assertEquals(List.of(), arena.request().claims());
  }

  /** An endpoint says that a true claim is about another request. */
  @Test
  void challenger_chainGivesAClaimAnotherRequest_challengesNothing() {
    RequestId other =
        arena
            .as(Arena.REQUESTER)
            .request(terms(InferenceRequest.greedy(TokenIds.of(6), 1), Arena.FEE, 4000, 77));
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    Arbiter chain =
        Endpoints.changing(
            arena.as(Arena.CHALLENGER),
            event ->
                event instanceof ArbiterEvent.ClaimSealed it
                    ? new ArbiterEvent.ClaimSealed(
                        it.claim(),
                        other,
                        it.number(),
                        it.proposer(),
                        it.seal(),
                        it.output(),
                        it.outputRoot())
                    : event);
    Challenger challenger = new Challenger(context(chain, honest()));
    challenger.poll();
    challenger.poll();
    assertEquals(List.of(), arena.claim(claim).games(), "a true claim was challenged");
  }

  /** The journal has all that the reveal needs, and a model file is missing after a restart. */
  @Test
  void restart_modelIsNotServedAnyMore_revealsAndSettlesAllTheSame() {
    MemoryJournal journal = new MemoryJournal();
    new Proposer(
            context(arena.as(Arena.PROPOSER), List.of(honest()), journal, Runnable::run),
            ProposerPolicy.ALL,
            SECRET)
        .poll();
    assertEquals(1, journal.kept().size());
    Proposer restarted =
        new Proposer(
            context(arena.as(Arena.PROPOSER), List.of(), journal, Runnable::run),
            ProposerPolicy.ALL,
            SECRET);
    for (int i = 0; i < 300; i++) {
      arena.blocks.advance(30);
      restarted.poll();
    }
    assertEquals(ClaimStatus.FINAL, arena.claim(arena.request().claims().getFirst()).status());
  }

  /** A reveal that is always refused burns one bond after the other, until nothing is left. */
  @Test
  void proposer_revealThatIsAlwaysRefused_losesOneBond() {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(100));
    ModelRunner honest = honest();
    ModelRunner broken =
        new ModelRunner() {
          @Override
          public ModelId model() {
            return honest.model();
          }

          @Override
          public Answer answer(InferenceRequest request) {
            Answer answer = honest.answer(request);
            return new Answer(
                answer.output(),
                answer.finalRoot(),
                arena.model.registration().inputPath()); // does not open
          }

          @Override
          public Verification verify(Claim claim) {
            return honest.verify(claim);
          }

          @Override
          public Trace trace(InferenceRequest request) {
            return honest.trace(request);
          }
        };
    Proposer proposer =
        new Proposer(context(arena.as(Arena.PROPOSER), broken), ProposerPolicy.STANDARD, SECRET);
    for (int i = 0; i < 1500; i++) {
      proposer.poll();
      arena.blocks.advance(30);
    }
    assertTrue(arena.request().claims().size() <= 2);
  }

  /** A kept answer must not be dropped while its seal may be under way. */
  @Test
  void tidy_sealArrivesAfterTheRead_keepsTheAnswer() {
    var seal = Arena.seal(Arena.PROPOSER, arena.request, arena.truth, Arena.SALT);
    ClaimId claim = ClaimId.of(Arena.IDENTITY, arena.request, Arena.PROPOSER, seal);
    MemoryJournal journal = new MemoryJournal();
    journal.keep(new SealedAnswer(claim, arena.request, Arena.reveal(arena.truth, Arena.SALT)));
    AgentContext context =
        context(arena.as(Arena.PROPOSER), List.of(honest()), journal, Runnable::run);
    Lookout lookout = new Lookout(context);
    SealedAnswers answers = new SealedAnswers(context, journal);
    ChainView before = lookout.now();
    arena.blocks.advance(4000); // the last second
    arena.as(Arena.PROPOSER).seal(arena.request, seal, arena.truth.output());
    arena.blocks.advance(1);
    answers.tidy(before);
    assertTrue(journal.kept(claim).isPresent(), "dropped, and sealed");
    answers.tidy(lookout.fresh());
    assertTrue(journal.kept(claim).isPresent(), "dropped, and sealed");
  }

  /** A subscriber that blocks stops every account's transactions. */
  @Test
  void subscriber_thatBlocks_othersSendOn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    arena.arbiter.subscribe(_ -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    Thread one =
        Thread.startVirtualThread(() -> arena.as(Arena.STRANGER).send(arena.announcement()));
    Thread.sleep(100);
    Thread two =
        Thread.startVirtualThread(() -> arena.as(Arena.PROPOSER).send(arena.announcement()));
    boolean ended = two.join(Duration.ofSeconds(3));
    release.countDown();
    one.join();
    assertTrue(ended, "another account's transaction hangs");
  }

  private Arena big(int nodesPerToken) {
    return new Arena(
        8,
        new ToyModel(GraphMode.ROW_PER_NODE, nodesPerToken, 42),
        InferenceRequest.greedy(TokenIds.of(5), 1));
  }

  private long seconds(InferenceRequest request) {
    return arena.parameters.work().seconds(request.traceLength(arena.model.header()));
  }

  private ModelRunner slowChecks(AtomicInteger checks) {
    ModelRunner honest = honest();
    return new ModelRunner() {
      @Override
      public ModelId model() {
        return honest.model();
      }

      @Override
      public Answer answer(InferenceRequest request) {
        return honest.answer(request);
      }

      @Override
      public Verification verify(Claim claim) {
        checks.getAndIncrement();
        arena.blocks.advance(seconds(claim.request()));
        return honest.verify(claim);
      }

      @Override
      public Trace trace(InferenceRequest request) {
        return honest.trace(request);
      }
    };
  }

  private ClaimId lie(RequestId id, InferenceRequest inference) {
    Trace lie =
        new FabricatedTrace(new ToyTrace(arena.model, inference), Fabrication.about(345, 678));
    ClaimId claim =
        arena
            .as(Arena.STRANGER)
            .seal(id, Arena.seal(Arena.STRANGER, id, lie, Arena.SALT), lie.output());
    arena.blocks.advance(60);
    arena.as(Arena.STRANGER).reveal(claim, Arena.reveal(lie, Arena.SALT));
    return claim;
  }

  /** After a pause: a claim that cannot be checked in time any more costs the one that can. */
  @Test
  void challenger_hopelessClaimAndOneInTime_refutesTheOneInTime() {
    arena = big(5_000_000);
    arena.arbiter.fund(Arena.STRANGER, Wei.ether(900));
    lie(arena.request, arena.inference);
    arena.blocks.advance(540);
    InferenceRequest other = InferenceRequest.greedy(TokenIds.of(6), 1);
    RequestId id = arena.as(Arena.REQUESTER).request(terms(other, Wei.ZERO, 5000, 50));
    ClaimId inTime = lie(id, other); // 600 s after the first
    arena.blocks.advance(
        arena.claim(inTime).challenge().orElseThrow().secondsLeft(arena.blocks.head()) - 700);
    Challenger challenger =
        new Challenger(context(arena.as(Arena.CHALLENGER), slowChecks(new AtomicInteger())));
    for (int i = 0; i < 5; i++) {
      challenger.poll();
      arena.blocks.advance(12);
    }
    assertEquals(1, arena.claim(inTime).games().size(), "a false claim becomes final");
  }

  /** After a restart a claim that this account plays against is checked again. */
  @Test
  void challenger_restartedDuringItsGame_doesNotCheckAgain() {
    lie(arena.request, arena.inference);
    new Challenger(context(arena.as(Arena.CHALLENGER), honest())).poll();
    AtomicInteger checks = new AtomicInteger();
    Challenger restarted = new Challenger(context(arena.as(Arena.CHALLENGER), slowChecks(checks)));
    restarted.poll();
    assertEquals(0, checks.get());
  }

  /** The traces of games that are over are not held for ever. */
  @Test
  void dropTraces_gamesThatAreOver_dropsAllButThoseInUse() {
    AtomicInteger held = new AtomicInteger();
    ModelRunner counting =
        runner(request -> {
          ToyTrace trace = new ToyTrace(arena.model, request);
          held.getAndIncrement();
          return (Trace)
              Proxy.newProxyInstance(
                  Trace.class.getClassLoader(),
                  new Class<?>[] {Trace.class},
                  (_, method, arguments) -> {
                    if (method.getName().equals("close")) {
                      held.getAndDecrement();
                    }
                    return method.invoke(trace, arguments);
                  });
        });
    ClaimId open = arena.claim(Arena.PROPOSER, arena.truth);
    arena.challenge(Arena.CHALLENGER, open, arena.lying(345, 678));
    List<GameId> games = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      InferenceRequest other = InferenceRequest.greedy(TokenIds.of(6 + i), 1);
      RequestId id = arena.as(Arena.REQUESTER).request(terms(other, Arena.FEE, 4000, 50 + i));
      Trace truth = new ToyTrace(arena.model, other);
      ClaimId claim =
          arena
              .as(Arena.PROPOSER)
              .seal(id, Arena.seal(Arena.PROPOSER, id, truth, Arena.SALT), truth.output());
      arena.blocks.advance(60);
      arena.as(Arena.PROPOSER).reveal(claim, Arena.reveal(truth, Arena.SALT));
      games.add(
          arena.challenge(
              Arena.CHALLENGER, claim, new FabricatedTrace(truth, Fabrication.about(345, 678))));
    }
    Proposer proposer =
        new Proposer(context(arena.as(Arena.PROPOSER), counting), _ -> false, SECRET);
    Challenger liar = new Challenger(context(arena.as(Arena.CHALLENGER), liar()));
    for (int i = 0; i < 60; i++) {
      proposer.poll();
      liar.poll();
      arena.blocks.advance(12);
    }
    games.forEach(id -> assertEquals(GameStatus.PROPOSER_WON, arena.game(id).status()));
    arena.blocks.advance(7200); // until then their claims may be challenged again
    for (int i = 0; i < 4; i++) { // and until that is final
      proposer.poll();
      arena.blocks.advance(12);
    }
    assertTrue(held.get() <= 1, held.get() + " traces are held for ever");
  }
}
