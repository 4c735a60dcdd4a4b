package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.toy.VirtualTime;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who makes a trace first, and what one that hangs keeps the others from. */
class TraceTurnsTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private static final Fabrication LIE = Fabrication.about(345, 678);

  /** Longer than any clock or window. */
  private static final long HANGS = 1L << 30;

  /** A run and a trace of 1,000 nodes take 100 s. */
  private static final Speed HUNDRED_SECONDS = new Speed(1e8, 1e8);

  /** Two of those, and a move. */
  private static final long PLACE_SECONDS = 260;

  /** A hanging task is over after the workers are closed, and then nothing can be started. */
  private static final AgentListener SILENT =
      new AgentListener() {
        @Override
        public void onFailure(Object what, Throwable failure) {}
      };

  private final Arena arena = new Arena();
  private final List<InferenceRequest> made = new ArrayList<>();

  /** When each run began, in seconds since 1970. */
  private final Map<InferenceRequest, Long> begun = new HashMap<>();

  /** Own true claims, each of another request, challenged one after the other. */
  private List<GameId> games(int number) {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    arena.arbiter.fund(Arena.CHALLENGER, Wei.ether(900));
    List<GameId> games = new ArrayList<>();
    List<ClaimId> claims = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      RequestId request = request(i);
      Trace truth = new ToyTrace(arena.model, inference(i));
      ClaimId claim =
          arena
              .as(Arena.PROPOSER)
              .seal(
                  request, Arena.seal(Arena.PROPOSER, request, truth, Arena.SALT), truth.output());
      claims.add(claim);
    }
    arena.blocks.advance(60);
    for (int i = 0; i < number; i++) {
      Trace truth = new ToyTrace(arena.model, inference(i));
      arena.as(Arena.PROPOSER).reveal(claims.get(i), Arena.reveal(truth, Arena.SALT));
    }
    for (int i = number - 1; i >= 0; i--) {
      Trace truth = new ToyTrace(arena.model, inference(i));
      games.add(arena.challenge(Arena.CHALLENGER, claims.get(i), new FabricatedTrace(truth, LIE)));
      arena.blocks.advance(12);
    }
    return games;
  }

  private static InferenceRequest inference(int number) {
    return InferenceRequest.greedy(TokenIds.of(10 + number), 1);
  }

  private RequestId request(int number) {
    RequestTerms terms = arena.terms(100 + number);
    return arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                terms.model(),
                inference(number),
                Wei.ZERO,
                terms.sealingDeadline(),
                terms.consumer(),
                terms.policy(),
                terms.nonce()));
  }

  private ModelRunner runner() {
    return ModelRunner.ofTraces(
        arena.model.id(),
        request -> {
          synchronized (made) {
            made.add(request);
          }
          return new ToyTrace(arena.model, request);
        });
  }

  private ModelRunner liar() {
    return ModelRunner.ofTraces(
        arena.model.id(), request -> new FabricatedTrace(new ToyTrace(arena.model, request), LIE));
  }

  private AgentContext context(
      Address account, ModelRunner runner, Executor workers, AgentLimits limits) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        new MemoryJournal(),
        SILENT,
        workers,
        10,
        limits);
  }

  @Test
  void traces_ofSeveralGames_areMadeInTheOrderOfTheirClocks() {
    games(5);
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, runner(), Runnable::run, AgentLimits.DEFAULT),
            _ -> false,
            SECRET);
    for (int i = 0; i < 5; i++) {
      proposer.poll();
    }
    assertEquals(
        List.of(inference(4), inference(3), inference(2), inference(1), inference(0)), made);
  }

  /** A trace for a clock that ends before it does must not take the time of another's. */
  @Test
  void traces_oneThatCanNoLongerEndInTime_isMadeAfterThoseThatCan() {
    List<GameId> games = games(3);
    Map<ModelId, Speed> slow = Map.of(arena.model.id(), new Speed(0, 1e9)); // 1,000 s
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, runner(), Runnable::run, AgentLimits.DEFAULT.withSpeeds(slow)),
            _ -> false,
            SECRET);
    long firstClock = arena.game(games.getFirst()).position().word().deadline();
    arena.blocks.advance(firstClock - 995 - arena.blocks.head().time());
    for (int i = 0; i < 3; i++) {
      proposer.poll();
    }
    assertEquals(List.of(inference(1), inference(0), inference(2)), made);
  }

  /** A challenge waits like a move does: until the end of its window. */
  @Test
  void queue_movesAndChallenges_comeByTheEndOfTheirTime() {
    TraceQueue queue = new TraceQueue();
    List<GameId> order = new ArrayList<>();
    for (long until : List.of(30L, 10L, 20L)) {
      GameId id = new GameId(new Bytes32(0, 0, 0, until));
      queue.add(new TraceQueue.Waiting(id, arena.request(), until, 0, () -> order.add(id)));
    }
    queue.all(0).forEach(waiting -> waiting.start().run());
    queue.next(0).forEach(waiting -> waiting.start().run());
    List<GameId> expected =
        List.of(10L, 20L, 30L).stream()
            .map(until -> new GameId(new Bytes32(0, 0, 0, until)))
            .toList();
    assertEquals(expected, order.subList(0, 3));
    assertEquals(expected, order.subList(3, 6));
    assertEquals(List.of(), queue.all(0), "what still waits says so in each round");
  }

  /** As many as there are permits, and more, never come back. */
  @Test
  void traces_thatHang_stopNoNewGame() throws Exception {
    TraceLimits limits = new TraceLimits(1, 2, 64, 1L << 30);
    List<GameId> games = games(5);
    Set<InferenceRequest> hanging = new HashSet<>(Set.of(inference(4), inference(3)));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hung = new AtomicInteger();
    ModelRunner runner =
        ModelRunner.ofTraces(
            arena.model.id(),
            request -> {
              if (hanging.contains(request)) {
                hung.getAndIncrement();
                try {
                  release.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return new ToyTrace(arena.model, request);
            });
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        Proposer proposer =
            new Proposer(
                context(Arena.PROPOSER, runner, workers, AgentLimits.DEFAULT.withTraces(limits)),
                _ -> false,
                SECRET);
        Challenger liar =
            new Challenger(context(Arena.CHALLENGER, liar(), Runnable::run, AgentLimits.DEFAULT));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<GameId> others = games.subList(2, 5);
        while (!others.stream().allMatch(this::isWon) && System.nanoTime() < until) {
          proposer.poll();
          Thread.sleep(20);
          liar.poll();
          arena.blocks.advance(12);
        }
        others.forEach(game -> assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status()));
        assertEquals(2, hung.get());
      } finally {
        release.countDown();
      }
    }
  }

  /** Claims on requests of their own, revealed at once. */
  private List<ClaimId> falseClaims(int number) {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    List<ClaimId> claims = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      RequestId id = request(i);
      Trace lie = new FabricatedTrace(new ToyTrace(arena.model, inference(i)), LIE);
      claims.add(
          arena
              .as(Arena.PROPOSER)
              .seal(id, Arena.seal(Arena.PROPOSER, id, lie, Arena.SALT), lie.output()));
    }
    arena.blocks.advance(60);
    for (int i = 0; i < number; i++) {
      Trace lie = new FabricatedTrace(new ToyTrace(arena.model, inference(i)), LIE);
      arena.as(Arena.PROPOSER).reveal(claims.get(i), Arena.reveal(lie, Arena.SALT));
    }
    return claims;
  }

  /** A runner whose runs take time, and which tells when each begins. */
  private ModelRunner timed(VirtualTime.Cores cores, Map<InferenceRequest, Long> seconds) {
    return new ModelRunner() {
      private final ModelRunner honest =
          ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));

      private void run(InferenceRequest request) {
        begun.putIfAbsent(request, arena.blocks.head().time());
        cores.compute(seconds.getOrDefault(request, 0L));
      }

      @Override
      public ModelId model() {
        return honest.model();
      }

      @Override
      public Answer answer(InferenceRequest request) {
        throw new AssertionError("nobody answers");
      }

      @Override
      public Verification verify(Claim claim) {
        run(claim.request());
        return honest.verify(claim);
      }

      @Override
      public Trace trace(InferenceRequest request) {
        run(request);
        return honest.trace(request);
      }
    };
  }

  private void rounds(Agent agent, VirtualTime time, int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(1);
      agent.poll();
      time.settle();
    }
  }

  /** As many as there are places, and more, never come back. */
  @Test
  void checks_thatHang_giveTheirPlaceToTheNextInTime() {
    List<ClaimId> claims = falseClaims(5);
    VirtualTime time = new VirtualTime(arena.blocks);
    Map<InferenceRequest, Long> hanging = Map.of(inference(0), HANGS, inference(1), HANGS);
    Challenger challenger =
        new Challenger(
            context(
                Arena.CHALLENGER,
                timed(time.new Cores(16), hanging),
                time,
                AgentLimits.DEFAULT.withSpeeds(Map.of(arena.model.id(), HUNDRED_SECONDS))));
    rounds(challenger, time, 300);
    claims
        .subList(2, 5)
        .forEach(claim -> assertEquals(1, arena.claim(claim).openGames(), "it was not checked"));
    assertEquals(PLACE_SECONDS + 1, begun.get(inference(2)) - begun.get(inference(0)));
  }

  /** Its place is its own for as long as two runs and a move take, and no longer. */
  @Test
  void trace_thatHangs_keepsItsPlaceForTwoRunsAndAMove() {
    games(2);
    VirtualTime time = new VirtualTime(arena.blocks);
    Proposer proposer =
        new Proposer(
            context(
                Arena.PROPOSER,
                timed(time.new Cores(16), Map.of(inference(1), HANGS)),
                time,
                AgentLimits.DEFAULT.withSpeeds(Map.of(arena.model.id(), HUNDRED_SECONDS))),
            _ -> false,
            SECRET);
    rounds(proposer, time, 300);
    assertEquals(PLACE_SECONDS + 1, begun.get(inference(0)) - begun.get(inference(1)));
  }

  /** A trace that has just failed is not in the making, and its move still waits. */
  @Test
  void answers_whileATraceFails_areNotBegun() {
    games(1);
    AtomicBoolean fails = new AtomicBoolean(true);
    AtomicInteger answers = new AtomicInteger();
    ModelRunner honest = runner();
    ModelRunner failing =
        new ModelRunner() {
          @Override
          public ModelId model() {
            return honest.model();
          }

          @Override
          public Answer answer(InferenceRequest request) {
            answers.getAndIncrement();
            return honest.answer(request);
          }

          @Override
          public Verification verify(Claim claim) {
            throw new AssertionError("a proposer checks nothing");
          }

          @Override
          public Trace trace(InferenceRequest request) {
            if (fails.get()) {
              throw new IllegalStateException("say");
            }
            return honest.trace(request);
          }
        };
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, failing, Runnable::run, AgentLimits.DEFAULT),
            ProposerPolicy.ALL,
            SECRET);
    for (int i = 0; i < 20; i++) {
      proposer.poll();
      arena.blocks.advance(1);
    }
    assertEquals(0, answers.get());
    fails.set(false);
    for (int i = 0; i < 20; i++) {
      proposer.poll();
      arena.blocks.advance(1);
    }
    assertEquals(1, answers.get());
  }

  private boolean isWon(GameId game) {
    return arena.game(game).status() == GameStatus.PROPOSER_WON;
  }

  /** Three games, room for one trace: each is made again when its game needs it, and all win. */
  @Test
  void traces_moreGamesThanAreKept_areMadeAgainAndNoneIsLost() {
    List<GameId> games = games(3);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ModelRunner counting =
        ModelRunner.ofTraces(
            arena.model.id(),
            request -> {
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              return closing(new ToyTrace(arena.model, request), open::getAndDecrement);
            });
    AgentLimits limits = AgentLimits.DEFAULT.withTraces(new TraceLimits(1, 0, 1, 1L << 30));
    Proposer proposer =
        new Proposer(context(Arena.PROPOSER, counting, Runnable::run, limits), _ -> false, SECRET);
    Challenger liar =
        new Challenger(context(Arena.CHALLENGER, liar(), Runnable::run, AgentLimits.DEFAULT));
    for (int i = 0; i < 150; i++) {
      proposer.poll();
      liar.poll();
      arena.blocks.advance(12);
    }
    games.forEach(game -> assertTrue(isWon(game)));
    assertTrue(most.get() <= 2, most + " traces at once");
    assertTrue(open.get() <= 1);
  }

  private static Trace closing(Trace trace, Runnable closed) {
    return (Trace)
        Proxy.newProxyInstance(
            Trace.class.getClassLoader(),
            new Class<?>[] {Trace.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                closed.run();
              }
              return method.invoke(trace, arguments);
            });
  }
}
