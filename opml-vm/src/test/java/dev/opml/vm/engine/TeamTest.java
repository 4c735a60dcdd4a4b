package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
  private static final long SEED = 20261126;
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Around the time after which threads that spin park. */
  private static final int MOST_NANOS = 200_000;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void run_tasksThatWaitForEachOther_everyThreadIsThere(int size) {
    repeat(
        2000,
        size,
        (team, random) -> {
          LockSupport.parkNanos(random.nextInt(MOST_NANOS));
          CyclicBarrier barrier = new CyclicBarrier(size);
          team.run(size, (worker, index) -> meet(barrier));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void run_tasksOfAnyLength_returnsWhenEachRanOnce(int size) {
    repeat(
        1000,
        size,
        (team, random) -> {
          int[] nanos = random.ints(random.nextInt(6), 0, MOST_NANOS).toArray();
          AtomicIntegerArray runs = new AtomicIntegerArray(nanos.length);
          team.run(
              nanos.length,
              (worker, index) -> {
                LockSupport.parkNanos(nanos[index]);
                runs.incrementAndGet(index);
              });
          for (int task = 0; task < nanos.length; task++) {
            assertEquals(1, runs.get(task), "seed " + SEED + ", task " + task);
          }
        });
  }

  private static void repeat(int times, int size, BiConsumer<Team, Random> use) {
    Random random = new Random(SEED);
    try (Team team = new Team(size)) {
      assertTimeoutPreemptively(
          LONG,
          () -> {
            for (int i = 0; i < times; i++) {
              use.accept(team, random);
            }
          });
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("a thread did not come", e);
    }
  }

  @Test
  void run_taskThatFails_itsFailureIsThrownAndTheRestIsLeftOut() {
    AtomicIntegerArray runs = new AtomicIntegerArray(8);
    try (Team team = new Team(2)) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  team.run(
                      runs.length(),
                      (worker, index) -> {
                        runs.incrementAndGet(index);
                        if (index == 3) {
                          throw new IllegalStateException("task 3");
                        }
                      }));
      assertEquals("task 3", thrown.getMessage());
      assertThrows(StackOverflowError.class, () -> team.run(100, (worker, index) -> overflow()));
      AtomicInteger after = new AtomicInteger();
      team.run(100, (worker, index) -> after.incrementAndGet());
      assertEquals(100, after.get());
    }
    for (int task = 0; task < runs.length(); task++) {
      assertTrue(task <= 3 ? runs.get(task) == 1 : runs.get(task) <= 1, "task " + task);
    }
  }

  private static void overflow() {
    throw new StackOverflowError();
  }
}
