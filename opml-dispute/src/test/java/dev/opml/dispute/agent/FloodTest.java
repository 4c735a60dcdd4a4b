package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** More work than can be done in time, most of it free for whoever asks. */
class FloodTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  /** A fortieth of it, and one more, is more than a clock of 5,600 s. */
  private static final long RUN_SECONDS = 150;

  private final Arena arena = new Arena();
  private final List<Throwable> failures = new ArrayList<>();
  private final List<Decline> declined = new ArrayList<>();
  private final List<IntentKind> accepted = new ArrayList<>();

  private final AgentListener listener =
      new AgentListener() {
        @Override
        public void onFailure(Object what, Throwable failure) {
          failures.add(failure);
        }

        @Override
        public void onAccepted(Intent intent) {
          accepted.add(intent.kind());
        }

        @Override
        public void onDeclined(Object what, Decline why) {
          declined.add(why);
        }
      };

  /** An honest runner whose runs take time on the chain. */
  private class SlowRunner implements ModelRunner {
    final AtomicInteger runs = new AtomicInteger();

    private final ModelRunner honest = honest();

    /** The opponent, who does not wait until a run is over. */
    Runnable meanwhile = () -> {};

    private void run() {
      runs.getAndIncrement();
      arena.blocks.advance(1);
      meanwhile.run();
      arena.blocks.advance(RUN_SECONDS - 1);
    }

    @Override
    public ModelId model() {
      return honest.model();
    }

    @Override
    public Answer answer(InferenceRequest request) {
      run();
      return honest.answer(request);
    }

    @Override
    public Verification verify(Claim claim) {
      run();
      return honest.verify(claim);
    }

    @Override
    public Trace trace(InferenceRequest request) {
      return honest.trace(request);
    }
  }

  private ModelRunner honest() {
    return ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));
  }

  private ModelRunner liar(Fabrication lie) {
    return ModelRunner.ofTraces(
        arena.model.id(), request -> new FabricatedTrace(new ToyTrace(arena.model, request), lie));
  }

  private AgentContext context(
      Address account, ModelRunner runner, Executor workers, AgentLimits limits) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        new MemoryJournal(),
        listener,
        workers,
        10,
        limits);
  }

  private AgentContext context(Address account, ModelRunner runner) {
    return context(account, runner, Runnable::run, AgentLimits.DEFAULT);
  }

  /** Asks for something that nobody has asked for yet, and pays nothing. */
  private RequestId free(int number) {
    RequestTerms terms = arena.terms(1 + number);
    InferenceRequest other = InferenceRequest.greedy(TokenIds.of(6 + number), 1);
    return arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                terms.model(),
                other,
                Wei.ZERO,
                terms.sealingDeadline(),
                terms.consumer(),
                terms.policy(),
                terms.nonce()));
  }

  private RequestView request(RequestId id) {
    return arena.as(Arena.STRANGER).request(id).orElseThrow();
  }

  private List<ClaimView> claims(List<RequestId> requests) {
    return requests.stream()
        .flatMap(id -> request(id).claims().stream())
        .map(arena::claim)
        .toList();
  }

  @Test
  void proposer_floodedWithFortyFreeRequests_losesNoTrueClaim() {
    SlowRunner slow = new SlowRunner();
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    Proposer proposer =
        new Proposer(context(Arena.PROPOSER, slow), ProposerPolicy.UNANSWERED, SECRET);
    Challenger liar = new Challenger(context(Arena.CHALLENGER, liar(Fabrication.about(345, 678))));
    proposer.poll();
    arena.blocks.advance(60);
    proposer.poll();
    ClaimId claim = arena.request().claims().getFirst();
    liar.poll();
    GameId game = arena.claim(claim).games().getFirst();
    slow.meanwhile = liar::poll;
    List<RequestId> requests = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      requests.add(free(i));
    }
    for (int i = 0; i < 60 && arena.game(game).status() == GameStatus.OPEN; i++) {
      proposer.poll();
      liar.poll();
      arena.blocks.advance(12);
    }
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    assertTrue(slow.runs.get() > 5, "answered none of them");
    claims(requests).forEach(it -> assertTrue(it.status().alive(), it::toString));
    assertEquals(List.of(), failures);
  }

  @Test
  void proposer_aMoveARevealAndARequestAreDue_areDoneInThisOrder() {
    Proposer proposer =
        new Proposer(context(Arena.PROPOSER, honest()), ProposerPolicy.UNANSWERED, SECRET);
    proposer.poll();
    arena.blocks.advance(60);
    proposer.poll();
    free(0);
    proposer.poll();
    arena.blocks.advance(60);
    arena.challenge(Arena.CHALLENGER, arena.request().claims().getFirst(), arena.lying(345, 678));
    free(1);
    accepted.clear();
    proposer.poll();
    assertEquals(List.of(IntentKind.MOVE, IntentKind.REVEAL, IntentKind.SEAL), accepted);
  }

  @Test
  void challenger_floodedWithFortyFiveTrueClaims_isNotTimedOut() {
    ClaimId lie = arena.claim(Arena.PROPOSER, arena.lying(345, 678));
    SlowRunner slow = new SlowRunner();
    Challenger challenger = new Challenger(context(Arena.CHALLENGER, slow));
    Proposer liar =
        new Proposer(
            context(Arena.PROPOSER, liar(Fabrication.about(345, 678))), _ -> false, SECRET);
    challenger.poll();
    GameId game = arena.claim(lie).games().getFirst();
    arena.arbiter.fund(Arena.STRANGER, Wei.ether(900));
    trueClaims(45);
    slow.meanwhile = liar::poll;
    for (int i = 0; i < 60 && arena.game(game).status() == GameStatus.OPEN; i++) {
      challenger.poll();
      liar.poll();
      arena.blocks.advance(12);
    }
    assertEquals(ClaimStatus.REFUTED, arena.claim(lie).status());
    assertTrue(slow.runs.get() > 5, "checked none of them");
    assertEquals(List.of(), failures);
  }

  private void trueClaims(int number) {
    List<ClaimId> sealed = new ArrayList<>();
    List<Trace> traces = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      RequestId id = free(i);
      Trace truth = new ToyTrace(arena.model, request(id).terms().inference());
      traces.add(truth);
      sealed.add(
          arena
              .as(Arena.STRANGER)
              .seal(id, Arena.seal(Arena.STRANGER, id, truth, Arena.SALT), truth.output()));
    }
    arena.blocks.advance(60);
    for (int i = 0; i < number; i++) {
      arena.as(Arena.STRANGER).reveal(sealed.get(i), Arena.reveal(traces.get(i), Arena.SALT));
    }
  }

  /** None of its answers ever comes back; its games and reveals do not wait for them. */
  @Test
  void proposer_answersThatHang_playsAllTheSame() throws Exception {
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertPlaysWhileAnswersHang(workers, TaskLimits.DEFAULT.answers());
    }
  }

  /** An answer takes the only thread for longer than a clock runs. */
  @Test
  void proposer_oneWorkerAndAnswersThatHang_playsAllTheSame() throws Exception {
    try (var workers = Executors.newSingleThreadExecutor()) {
      assertPlaysWhileAnswersHang(workers, 1);
    }
  }

  private void assertPlaysWhileAnswersHang(Executor workers, int answers) throws Exception {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.lying(250, 3));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    SlowRunner hangs =
        new SlowRunner() {
          @Override
          public Answer answer(InferenceRequest request) {
            hanging.getAndIncrement();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return super.answer(request);
          }
        };
    for (int i = 0; i < 20; i++) {
      free(i);
    }
    try {
      Proposer proposer =
          new Proposer(
              context(Arena.PROPOSER, hangs, workers, AgentLimits.DEFAULT),
              ProposerPolicy.ALL,
              SECRET);
      Challenger liar = new Challenger(context(Arena.CHALLENGER, liar(Fabrication.about(250, 3))));
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (arena.game(game).status() == GameStatus.OPEN && System.nanoTime() < until) {
        proposer.poll();
        liar.poll();
        Thread.sleep(2);
      }
      assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
      assertEquals(answers, hanging.get());
    } finally {
      release.countDown();
    }
  }

  /** A task that was taken back does not run a second time when the workers come to it. */
  @Test
  void tasks_workersThatAreBusy_runItOnce() throws Exception {
    List<Runnable> queue = new ArrayList<>();
    Tasks tasks = new Tasks(queue::add, listener, AgentLimits.DEFAULT);
    CountDownLatch ran = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    Runnable task =
        () -> {
          runs.getAndIncrement();
          ran.countDown();
        };
    assertTrue(tasks.start(Work.GAME, "a move", task));
    assertTrue(tasks.start(Work.ANSWER, "an answer", runs::getAndIncrement));
    tasks.nextRound(1);
    assertTrue(ran.await(20, TimeUnit.SECONDS));
    CountDownLatch second = new CountDownLatch(1);
    assertTrue(tasks.start(Work.GAME, "another move", second::countDown));
    assertTrue(second.await(20, TimeUnit.SECONDS), "waits for busy workers again");
    assertEquals(2, queue.size());
    queue.forEach(Runnable::run);
    assertEquals(2, runs.get());
    assertTrue(tasks.start(Work.GAME, "a third", () -> {}));
    assertEquals(3, queue.size(), "the workers have time again");
  }

  @Test
  void proposer_asManyOpenClaimsAsItCanDefend_sealsNoMore() {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    List<RequestId> requests = new ArrayList<>(List.of(arena.request));
    for (int i = 0; i < 9; i++) {
      requests.add(free(i));
    }
    AgentLimits few = AgentLimits.DEFAULT.withOpenClaims(3);
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, honest(), Runnable::run, few), ProposerPolicy.ALL, SECRET);
    for (int i = 0; i < 10; i++) {
      proposer.poll();
      arena.blocks.advance(30);
      assertTrue(claims(requests).size() <= 3);
    }
    assertEquals(3, claims(requests).size());
    assertTrue(declined.contains(Decline.OPEN_CLAIMS));
    assertTrue(declined.size() <= 10, "told in every round");
    arena.blocks.advance(7300);
    proposer.poll();
    for (int i = 0; i < 3; i++) {
      requests.add(free(100 + i));
    }
    proposer.poll();
    proposer.poll();
    assertEquals(6, claims(requests).size(), "what is decided makes room");
  }

  /** However many they are: else all of them are told in each round. */
  @Test
  void proposer_fiveThousandRequestsItDeclines_tellsEachOnce() {
    for (int i = 0; i < 5_000; i++) {
      arena.as(Arena.REQUESTER).request(arena.terms(1 + i));
    }
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, honest(), Runnable::run, AgentLimits.DEFAULT.withOpenClaims(1)),
            ProposerPolicy.ALL,
            SECRET);
    for (int i = 0; i < 3; i++) {
      proposer.poll();
      arena.blocks.advance(12);
    }
    assertEquals(5_000, declined.size());
  }

  /** Else a fee that cannot be paid loses a bond. */
  @Test
  void proposer_feePaymentHangs_revealsAllTheSame() {
    Semaphore handedBack = new Semaphore(0);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    Executor workers =
        task -> {
          Thread.startVirtualThread(() -> {
            task.run();
            handedBack.release();
          });
          handedBack.acquireUninterruptibly();
        };
    Arbiter chain =
        Endpoints.with(
            arena.as(Arena.PROPOSER),
            (name, arguments, call) -> {
              if (name.equals("broadcast")
                  && ((Transaction) arguments[0]).call() instanceof ArbiterCall.PayFee) {
                hanging.getAndIncrement();
                handedBack.release();
                release.await();
              }
              return call.answer();
            });
    TaskLimits one = new TaskLimits(1024, 1, 8, 2, 0, 2);
    Proposer proposer =
        new Proposer(
            new AgentContext(
                chain,
                chain.deployment(),
                List.of(honest()),
                new MemoryJournal(),
                listener,
                workers,
                10,
                AgentLimits.DEFAULT.withTasks(one)),
            ProposerPolicy.ALL,
            SECRET);
    try {
      rounds(proposer, 3, 60);
      arena.blocks.advance(7_200);
      rounds(proposer, 3, 60);
      assertEquals(1, hanging.get());
      RequestId next = arena.as(Arena.REQUESTER).request(arena.terms(1));
      rounds(proposer, 4, 60);
      assertEquals(ClaimStatus.REVEALED, claims(List.of(next)).getFirst().status());
    } finally {
      release.countDown();
    }
  }

  private void rounds(Agent agent, int count, long seconds) {
    for (int i = 0; i < count; i++) {
      agent.poll();
      arena.blocks.advance(seconds);
    }
  }

  @Test
  void tasks_ofOneKind_noMoreThanTheLimitInARound() {
    Tasks tasks = new Tasks(Runnable::run, listener, AgentLimits.DEFAULT);
    int limit = TaskLimits.DEFAULT.answers();
    AtomicInteger runs = new AtomicInteger();
    for (int round = 1; round <= 2; round++) {
      tasks.nextRound(round);
      for (int i = 0; i < limit; i++) {
        assertTrue(tasks.start(Work.ANSWER, round + "." + i, runs::getAndIncrement));
      }
      assertFalse(tasks.start(Work.ANSWER, "one more", runs::getAndIncrement));
      assertTrue(tasks.start(Work.GAME, "a game", runs::getAndIncrement));
      assertEquals(round * (limit + 1), runs.get());
    }
  }

  /** Else runners are idle from the end of a run to the next round. */
  @Test
  void tasks_thatEnd_giveTheirPlaceToWhatWaits() throws Exception {
    CountDownLatch ran = new CountDownLatch(10);
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      Tasks tasks = new Tasks(workers, listener, AgentLimits.DEFAULT);
      AtomicInteger next = new AtomicInteger();
      Semaphore handedOver = new Semaphore(0);
      Runnable task =
          () -> {
            handedOver.acquireUninterruptibly();
            ran.countDown();
          };
      Runnable startNext =
          () -> {
            tasks.start(Work.TRACE, next.getAndIncrement(), task);
            handedOver.release();
          };
      tasks.whenEnded(Work.TRACE, startNext);
      startNext.run();
      assertTrue(ran.await(20, TimeUnit.SECONDS), () -> ran + " of one round");
      tasks.whenEnded(Work.TRACE, () -> {});
      handedOver.release();
    }
  }

  @Test
  void tasks_workersThatBlock_keepOnlyTheirKindWaiting() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch ran = new CountDownLatch(1);
    AtomicBoolean blocks = new AtomicBoolean(true);
    Executor workers =
        task -> {
          if (blocks.get()) {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          task.run();
        };
    Tasks tasks =
        new Tasks(workers, listener, AgentLimits.DEFAULT.withHandOver(Duration.ofMillis(50)));
    tasks.start(Work.ANSWER, "blocked", ran::countDown);
    blocks.set(false);
    AtomicInteger games = new AtomicInteger();
    assertFalse(tasks.start(Work.ANSWER, "behind it", () -> {}));
    tasks.start(Work.GAME, "a game", games::getAndIncrement);
    release.countDown();
    assertTrue(ran.await(20, TimeUnit.SECONDS));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!tasks.running(Work.ANSWER).isEmpty() && System.nanoTime() < until) {
      Thread.sleep(1);
    }
    assertEquals(1, games.get());
    assertEquals(List.of(), failures);
  }

  /** Else one check that always fails keeps all others from their turn. */
  @Test
  void steps_whatFailed_goesLast() {
    Tasks tasks = new Tasks(Runnable::run, listener, AgentLimits.DEFAULT);
    tasks.start(
        Work.CHECK,
        "a",
        () -> {
          throw new IllegalStateException("say");
        });
    Steps steps = new Steps(listener);
    assertEquals(
        List.of("c", "b", "a"),
        steps.mostUrgentFirst(
            List.of("a", "b", "c"), tasks::failures, name -> name.equals("c") ? 1 : 2));
    assertFalse(tasks.start(Work.CHECK, "a", () -> {}), "in the same second");
    tasks.nextRound(1);
    assertTrue(tasks.start(Work.CHECK, "a", () -> {}));
    assertEquals(0, tasks.failures("a"));
  }

  /** A trace that cannot be closed must not be held for ever as the key of a failure. */
  @Test
  void tasks_thatAreNotTriedAgain_areForgottenWhenTheyFail() {
    Tasks tasks = new Tasks(Runnable::run, listener, AgentLimits.DEFAULT);
    tasks.startOrRun(
        Work.GAME,
        "a close",
        () -> {
          throw new IllegalStateException("say");
        });
    assertEquals(1, failures.size());
    assertEquals(0, tasks.failures("a close"));
    assertTrue(tasks.start(Work.GAME, "a close", () -> {}), "waits for another try");
  }

  @Test
  void close_byATaskOfTheRound_endsTheLoop() throws Exception {
    AtomicReference<AgentLoop> loop = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Tasks tasks = new Tasks(Runnable::run, listener, AgentLimits.DEFAULT);
    AtomicReference<Thread> runner = new AtomicReference<>();
    Agent agent =
        new Agent() {
          @Override
          public void poll() {
            tasks.start(
                Work.GAME,
                "a game",
                () -> {
                  runner.set(Thread.currentThread());
                  try {
                    started.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  loop.get().close();
                  closed.countDown();
                });
            assertNotEquals(Thread.currentThread(), runner.get());
          }

          @Override
          public void close() {}
        };
    loop.set(AgentLoop.start(agent, Duration.ofDays(1), listener));
    started.countDown();
    assertTrue(closed.await(20, TimeUnit.SECONDS));
    loop.get().close();
    assertEquals(List.of(), failures);
  }
}
