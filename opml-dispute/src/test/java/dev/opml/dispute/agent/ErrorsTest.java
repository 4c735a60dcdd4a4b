package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.merkle.Commitments;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither an error anywhere, nor a listener that throws, nor an interrupt ends an agent. */
class ErrorsTest {
  private static final int ROUNDS = 24;

  /** Hundreds of failures are wanted here; the log is for others. */
  private static final AgentListener SILENT =
      new AgentListener() {
        @Override
        public void onFailure(Object what, Throwable failure) {}
      };

  private final Arena arena = new Arena();

  /** A listener that throws from every method, after it has noted the failures that it is told. */
  private static final class Throwing implements AgentListener {
    final List<Throwable> failures = new ArrayList<>();
    private final Error thrown;

    Throwing(Error thrown) {
      this.thrown = thrown;
    }

    @Override
    public void onAccepted(Intent intent) {
      throw thrown;
    }

    @Override
    public void onRefused(Intent intent, ArbiterRefusedException refusal) {
      throw thrown;
    }

    @Override
    public void onVerdict(ClaimId claim, Verification verdict) {
      throw thrown;
    }

    @Override
    public void onNoMove(GameId game) {
      throw thrown;
    }

    @Override
    public synchronized void onFailure(Object what, Throwable failure) {
      failures.add(failure);
      throw thrown;
    }
  }

  /** An agent whose rounds do something, and end after {@link #ROUNDS} of them. */
  private record ToyAgent(Runnable round, CountDownLatch rounds) implements Agent {
    ToyAgent(Runnable round) {
      this(round, new CountDownLatch(ROUNDS));
    }

    @Override
    public void poll() {
      rounds.countDown();
      round.run();
    }

    @Override
    public void close() {}
  }

  private static void assertGoesOn(ToyAgent agent, AgentListener listener) throws Exception {
    try (AgentLoop _ = AgentLoop.start(agent, Duration.ofMillis(1), listener)) {
      assertTrue(agent.rounds.await(60, TimeUnit.SECONDS), agent.rounds + " rounds are missing");
    }
  }

  static List<Throwable> throwables() {
    return List.of(
        new OutOfMemoryError("say"),
        new StackOverflowError("say"),
        new NoClassDefFoundError("say"),
        new AssertionError("say"),
        new IllegalStateException("say"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void loop_everyRoundFails_tellsEachTimeAndGoesOn(Throwable failure) throws Exception {
    Throwing listener = new Throwing(new OutOfMemoryError("while reporting"));
    assertGoesOn(new ToyAgent(() -> sneak(failure)), listener);
    assertTrue(listener.failures.size() >= ROUNDS - 1, listener.failures::toString);
    listener.failures.forEach(told -> assertSame(failure, told));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void loop_roundThatLeavesAnInterrupt_goesOnWithPauses() throws Exception {
    Throwing listener = new Throwing(new AssertionError("say"));
    assertGoesOn(new ToyAgent(() -> Thread.currentThread().interrupt()), listener);
    assertEquals(List.of(), listener.failures);
  }

  @Test
  void loop_interruptedAllTheTime_goesOn() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    Throwing listener = new Throwing(new AssertionError("say"));
    ToyAgent agent = new ToyAgent(() -> thread.set(Thread.currentThread()));
    try (AgentLoop _ = AgentLoop.start(agent, Duration.ofMillis(2), listener)) {
      while (agent.rounds.getCount() > 0) {
        if (thread.get() != null) {
          thread.get().interrupt();
          assertTrue(thread.get().isAlive());
        }
        Thread.sleep(0, 100_000);
      }
    }
    assertEquals(List.of(), listener.failures);
  }

  /** A process of its own, whose heap is full at the end of every round. */
  @Test
  void loop_heapStaysFull_goesOn() throws Exception {
    List<String> places = new ArrayList<>(List.of("target/test-classes"));
    for (Class<?> type : List.of(AgentLoop.class, Bytes32.class, Commitments.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                String.join(File.pathSeparator, places),
                FullHeap.class.getName())
            .inheritIO()
            .start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the loop has ended");
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void close_duringALongPause_endsItAtOnce() throws Exception {
    ToyAgent agent = new ToyAgent(() -> {}, new CountDownLatch(1));
    try (AgentLoop _ =
        AgentLoop.start(agent, Duration.ofSeconds(Long.MAX_VALUE), AgentListener.NONE)) {
      agent.rounds.await();
    }
  }

  @Test
  void close_byTheLoopItself_endsIt() throws Exception {
    AtomicReference<AgentLoop> loop = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ToyAgent agent =
        new ToyAgent(() -> {
          try {
            started.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          loop.get().close();
          closed.countDown();
        });
    loop.set(AgentLoop.start(agent, Duration.ZERO, AgentListener.NONE));
    started.countDown();
    assertTrue(closed.await(60, TimeUnit.SECONDS));
    loop.get().close();
    assertEquals(ROUNDS - 1, agent.rounds.getCount());
  }

  /** Else the caller would close the journal under the round. */
  @Test
  void close_byAnInterruptedThread_waitsForTheRound() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    ToyAgent agent =
        new ToyAgent(() -> {
          entered.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          ended.set(true);
        });
    AgentLoop loop = AgentLoop.start(agent, Duration.ofDays(1), AgentListener.NONE);
    entered.await();
    AtomicBoolean wentOnEarly = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread closer =
        Thread.ofVirtual()
            .unstarted(() -> {
              Thread.currentThread().interrupt();
              loop.close();
              wentOnEarly.set(!ended.get());
              interrupted.set(Thread.interrupted());
            });
    closer.start();
    Thread.sleep(20);
    release.countDown();
    closer.join();
    assertFalse(wentOnEarly.get());
    assertTrue(interrupted.get());
  }

  @Test
  void tasks_executorThatRefuses_isToldAndAskedAgain() {
    for (Throwable refusal :
        List.of(new RejectedExecutionException("full"), new OutOfMemoryError("no thread"))) {
      AtomicBoolean refuses = new AtomicBoolean(true);
      Executor workers =
          task -> {
            if (refuses.get()) {
              sneak(refusal);
            }
            task.run();
          };
      Throwing listener = new Throwing(new StackOverflowError("say"));
      Tasks tasks = new Tasks(workers, listener, AgentLimits.DEFAULT);
      AtomicInteger runs = new AtomicInteger();
      tasks.start(Work.GAME, "a", runs::getAndIncrement);
      tasks.start(Work.GAME, "b", runs::getAndIncrement);
      assertEquals(List.of(refusal, refusal), listener.failures);
      tasks.startOrRun(Work.GAME, "b", runs::getAndIncrement);
      assertEquals(1, runs.get());
      refuses.set(false);
      tasks.start(Work.GAME, "a", runs::getAndIncrement);
      tasks.start(Work.GAME, "b", () -> sneak(refusal));
      tasks.nextRound(1);
      tasks.start(Work.GAME, "b", runs::getAndIncrement);
      assertEquals(3, runs.get());
      assertEquals(List.of(refusal, refusal, refusal), listener.failures);
    }
  }

  /** It may have been sent: what became of it is looked up, and nothing is sent twice. */
  @Test
  void sender_broadcastFails_looksInALaterRound() {
    MemoryJournal journal = new MemoryJournal();
    StackOverflowError first = new StackOverflowError("say");
    AtomicBoolean fails = new AtomicBoolean(true);
    Arbiter arbiter =
        failing(
            Arbiter.class,
            arena.as(Arena.STRANGER),
            name -> {
              if (name.equals("broadcast") && fails.getAndSet(false)) {
                throw first;
              }
            });
    AgentContext context = context(Arena.STRANGER, arbiter, journal);
    Lookout lookout = new Lookout(context);
    Sender sender = new Sender(context, lookout);
    Intent intent = Intent.of(IntentKind.EXPIRE, Bytes32.ZERO);
    ArbiterCall call = new ArbiterCall.Withdraw();
    assertSame(first, assertThrows(StackOverflowError.class, () -> sender.send(intent, call)));
    sender.send(intent, call);
    sender.review();
    assertEquals(1, journal.pending().size());
    assertTrue(journal.pending().getFirst().sent().isPresent());
    assertFalse(sender.maySend(intent));
    arena.blocks.advance(60);
    assertTrue(lookout.look());
    sender.review();
    assertEquals(List.of(), journal.pending());
    assertTrue(sender.maySend(intent));
  }

  /** A trace that an error interrupted may be half computed. */
  @Test
  void traces_errorInAUser_isMadeAnewAndTheOldOneClosedWhenFree() {
    List<Trace> closed = new ArrayList<>();
    TraceCache cache = new TraceCache(TraceLimits.DEFAULT, closed::add);
    RequestId request = arena.request;
    Trace first = arena.truth;
    Trace second = new ToyTrace(arena.model, arena.inference);
    cache.keep(request, 1, first);
    cache.use(
        request,
        _ -> {
          assertThrows(
              OutOfMemoryError.class,
              () ->
                  cache.use(
                      request,
                      used -> {
                        assertSame(first, used);
                        throw new OutOfMemoryError("say");
                      }));
          assertFalse(cache.has(request));
          assertEquals(List.of(), closed);
          return first;
        });
    assertEquals(List.of(first), closed);
    cache.keep(request, 1, second);
    assertSame(second, cache.use(request, Function.identity()).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void machines_userFails_isMadeAnew(boolean error) {
    MachineCache machines = new MachineCache();
    GameId game = new GameId(Bytes32.ZERO);
    NodeIndex node = new NodeIndex(3);
    List<MachineTrace> seen = new ArrayList<>();
    Throwable failure = error ? new OutOfMemoryError("say") : new IllegalStateException("say");
    assertThrows(
        failure.getClass(),
        () ->
            machines.use(
                game,
                node,
                () -> Optional.of(arena.truth.machine(node)),
                machine -> {
                  seen.add(machine);
                  sneak(failure);
                  return machine;
                }));
    assertEquals(Set.of(), machines.games());
    assertNotSame(
        seen.getFirst(),
        machines
            .use(game, node, () -> Optional.of(arena.truth.machine(node)), Function.identity())
            .orElseThrow());
  }

  @Test
  void recent_computationFails_isNotCached() {
    Recent<String, String> recent = new Recent<>();
    assertThrows(
        OutOfMemoryError.class,
        () ->
            recent.get(
                "key",
                () -> {
                  throw new OutOfMemoryError("say");
                }));
    assertEquals("value", recent.get("key", () -> "value"));
  }

  /**
   * Real agents in real loops, in which one call in eight fails with an error before it takes
   * effect, wherever it goes: chain, journal, traces, workers and listener.
   */
  @Test
  void agents_errorsEverywhere_refuteTheLieAllTheSame() throws Exception {
    Random random = new Random(5);
    AtomicInteger failures = new AtomicInteger();
    Predicate<String> fails =
        name -> {
          synchronized (random) {
            return !name.equals("account") && !name.equals("deployment") && random.nextInt(8) == 0;
          }
        };
    Consumer<String> spoiler =
        name -> {
          if (fails.test(name)) {
            failures.getAndIncrement();
            throw new OutOfMemoryError(name);
          }
        };
    Agent liar = null;
    Agent challenger = null;
    while (challenger == null) {
      try {
        liar =
            new Proposer(
                spoilt(
                    Arena.PROPOSER,
                    spoiler,
                    request ->
                        new FabricatedTrace(
                            new ToyTrace(arena.model, request), Fabrication.about(345, 678))),
                ProposerPolicy.UNANSWERED,
                new Salt(Bytes32.ZERO));
        challenger =
            new Challenger(
                spoilt(Arena.CHALLENGER, spoiler, request -> new ToyTrace(arena.model, request)));
      } catch (OutOfMemoryError e) {
        // An agent that could not be made is made again.
      }
    }
    AgentListener listener = failing(AgentListener.class, SILENT, spoiler);
    try (AgentLoop _ = AgentLoop.start(liar, Duration.ofMillis(1), listener);
        AgentLoop _ = AgentLoop.start(challenger, Duration.ofMillis(1), listener)) {
      long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      while (System.nanoTime() < until && !refuted()) {
        Thread.sleep(5);
        arena.blocks.advance(2);
      }
    }
    assertTrue(refuted(), failures + " errors");
    assertTrue(failures.get() >= 50, failures + " errors");
    arena.assertMoneyConserved();
  }

  private boolean refuted() {
    List<ClaimId> claims = arena.request().claims();
    return !claims.isEmpty() && arena.claim(claims.getFirst()).status() == ClaimStatus.REFUTED;
  }

  private AgentContext spoilt(
      Address account, Consumer<String> spoiler, Function<InferenceRequest, Trace> traces) {
    Arbiter arbiter = failing(Arbiter.class, arena.as(account), spoiler);
    return new AgentContext(
        arbiter,
        arbiter.deployment(),
        List.of(
            ModelRunner.ofTraces(
                arena.model.id(),
                request -> {
                  spoiler.accept("make");
                  return failing(Trace.class, traces.apply(request), spoiler);
                })),
        failing(Journal.class, new MemoryJournal(), spoiler),
        failing(AgentListener.class, SILENT, spoiler),
        task -> {
          spoiler.accept("execute");
          Thread.startVirtualThread(task);
        },
        10,
        AgentLimits.DEFAULT.withLongestPause(Duration.ofSeconds(12)));
  }

  private AgentContext context(Address account, Arbiter arbiter, Journal journal) {
    return new AgentContext(
        arbiter,
        arbiter.deployment(),
        List.of(
            ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request))),
        journal,
        AgentListener.NONE,
        Runnable::run,
        10);
  }

  /** {@code target}, after {@code spoiler} has seen a call's name and not thrown. */
  private static <T> T failing(Class<T> type, T target, Consumer<String> spoiler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "hashCode" -> {
                  return System.identityHashCode(proxy);
                }
                case "equals" -> {
                  return proxy == arguments[0];
                }
                default -> spoiler.accept(method.getName());
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
