package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.InsufficientMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryBudgetTest {
  private static final long LIMIT = 100;
  private static final Runnable PATIENT = () -> {};

  private final MemoryBudget budget = new MemoryBudget(LIMIT);

  @Test
  void run_moreThanEverything_isRefusedWithoutTrying() {
    InsufficientMemoryException e =
        assertThrows(
            InsufficientMemoryException.class,
            () -> budget.run(LIMIT + 1, PATIENT, () -> 1, Function.identity()));
    assertEquals(LIMIT + 1, e.needed());
    assertEquals(LIMIT, e.limit());
  }

  @Test
  void run_noMemoryThoughAlone_isRefusedAndTheNextRuns() {
    OutOfMemoryError error = new OutOfMemoryError("test");
    InsufficientMemoryException e =
        assertThrows(
            InsufficientMemoryException.class,
            () -> budget.run(10, PATIENT, () -> fail(error), Function.identity()));
    assertSame(error, e.getCause());
    assertThrows(
        InsufficientMemoryException.class,
        () -> budget.run(10, PATIENT, () -> 1, one -> fail(error)));
    assertEquals(7, budget.run(LIMIT, PATIENT, () -> 7, Function.identity()));
  }

  private static int fail(OutOfMemoryError error) {
    throw error;
  }

  @Test
  void run_many_neverExceedTheBudgetTogether() throws Exception {
    AtomicInteger reserved = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int needed = 1 + i * 7 % 75;
        runs.add(
            threads.submit(() ->
                budget.run(
                    needed,
                    PATIENT,
                    () -> reserved.addAndGet(needed),
                    sum -> {
                      most.accumulateAndGet(sum, Math::max);
                      Thread.yield();
                      reserved.addAndGet(-needed);
                      return needed;
                    })));
      }
      for (Future<Integer> run : runs) {
        assertTrue(run.get() > 0);
      }
    }
    assertTrue(most.get() <= 75, "at most " + most);
  }

  @Test
  void run_noMemoryWhileOthersRun_isTriedAgainWhenOneHasEnded() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> other =
          thread.submit(() ->
              budget.run(
                  10,
                  PATIENT,
                  () -> 1,
                  one -> {
                    full.set(true);
                    running.countDown();
                    await(tried);
                    full.set(false);
                    return one;
                  }));
      running.await();
      int result =
          budget.run(
              10,
              PATIENT,
              () -> {
                tried.countDown();
                return full.get() ? fail(new OutOfMemoryError("test")) : 2;
              },
              Function.identity());
      assertEquals(2, result);
      assertEquals(1, other.get());
    }
  }

  @Test
  void run_whileItWaits_mayGiveUpAndThoseBehindItRun() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch givenUp = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> first =
          threads.submit(() ->
              budget.run(
                  70,
                  PATIENT,
                  () -> 1,
                  one -> {
                    running.countDown();
                    await(givenUp);
                    return one;
                  }));
      running.await();
      IllegalStateException enough = new IllegalStateException("enough");
      Runnable impatient =
          () -> {
            throw enough;
          };
      assertSame(
          enough,
          assertThrows(
              IllegalStateException.class,
              () -> budget.run(70, impatient, () -> 2, Function.identity())));
      Future<Integer> behind =
          threads.submit(() -> budget.run(70, PATIENT, () -> 3, Function.identity()));
      givenUp.countDown();
      assertEquals(3, behind.get());
      assertEquals(1, first.get());
    }
  }

  @Test
  void run_large_isNotOvertakenForEver() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> small =
          IntStream.range(0, 3)
              .<Future<?>>mapToObj(i ->
                  threads.submit(() -> {
                    while (!done.get()) {
                      budget.run(20, PATIENT, () -> 1, Function.identity());
                    }
                  }))
              .toList();
      assertEquals(5, budget.run(LIMIT, PATIENT, () -> 5, Function.identity()));
      done.set(true);
      for (Future<?> run : small) {
        run.get();
      }
    }
  }

  @Test
  void run_insideARun_waitsForNobody() {
    int result =
        budget.run(
            LIMIT,
            PATIENT,
            () -> 1,
            one -> one + budget.run(LIMIT, PATIENT, () -> 2, Function.identity()));
    assertEquals(3, result);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
