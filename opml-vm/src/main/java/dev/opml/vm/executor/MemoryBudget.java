package dev.opml.vm.executor;

import dev.opml.api.inference.InsufficientMemoryException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets as many inferences run at a time as the heap has room for; the others wait for their turn,
 * first come, first served. Needs are estimates, so an inference that finds no memory after all
 * waits for another to end, and tries again. What waits holds no memory and what runs waits for
 * nobody, so every turn comes. Thread-safe.
 *
 * <p>Nothing that gives back a turn or a reservation takes memory: it may be exhausted.
 */
final class MemoryBudget {
  /** The budget of this JVM: one heap, however many executors. */
  static final MemoryBudget JVM = new MemoryBudget(Runtime.getRuntime().maxMemory());

  /** Time between two looks whether one who waits is to give up. */
  private static final long PATIENCE_NANOS = 20_000_000;

  private final long limit;

  /** Who waits, and who starts. */
  private final Queue<Turn> turns = new ArrayDeque<>();

  private final Set<Thread> running = new HashSet<>();
  private long reserved;

  /** A place in the queue: compared by identity. */
  private static final class Turn {
    final Thread thread = Thread.currentThread();
  }

  /**
   * A budget of {@code limit} bytes. Inferences that run together take three quarters of it: others
   * need memory, too. One alone may take all.
   */
  MemoryBudget(long limit) {
    this.limit = limit;
  }

  /**
   * Runs an inference when there is memory for it. One that a thread starts within another that
   * runs or waits, as a listener may, waits for nobody.
   *
   * @param needed bytes of the heap that it takes, about
   * @param waiting called again and again while it waits; what it throws is thrown to the caller
   * @param start allocates most of it, and is called again if that fails
   * @param work the rest
   * @throws InsufficientMemoryException if there is not enough though nothing else runs
   */
  <S, T> T run(long needed, Runnable waiting, Supplier<S> start, Function<S, T> work) {
    if (needed > limit) {
      throw new InsufficientMemoryException(needed, limit, null);
    }
    try {
      if (isNested()) {
        return work.apply(start.get());
      }
      S started = admit(needed, waiting, start);
      try {
        return work.apply(started);
      } finally {
        end(needed);
      }
    } catch (OutOfMemoryError e) {
      throw new InsufficientMemoryException(needed, limit, e);
    }
  }

  private <S> S admit(long needed, Runnable waiting, Supplier<S> start) {
    Turn turn = new Turn();
    try {
      enqueue(turn);
      await(() -> turns.peek() == turn && fits(needed), waiting);
      for (; ; ) {
        // Nobody else starts meanwhile, so what runs only gets less.
        int others = countRunning();
        try {
          S started = start.get();
          begin(needed);
          return started;
        } catch (OutOfMemoryError e) {
          if (others == 0) {
            throw e;
          }
          await(() -> running.size() < others, waiting);
        }
      }
    } finally {
      dequeue(turn);
    }
  }

  private boolean fits(long needed) {
    return running.isEmpty() || reserved + needed <= limit / 4 * 3;
  }

  /** Waits until a condition holds, which is evaluated under this lock. */
  private void await(BooleanSupplier condition, Runnable waiting) {
    while (!holdsSoon(condition)) {
      waiting.run(); // not under the lock: it is the caller's code
    }
  }

  private synchronized boolean holdsSoon(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    try {
      for (long left; !condition.getAsBoolean() && (left = end - System.nanoTime()) > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is called while waiting will see it
    }
    return condition.getAsBoolean();
  }

  private synchronized boolean isNested() {
    for (Turn turn : turns) {
      if (turn.thread == Thread.currentThread()) {
        return true;
      }
    }
    return running.contains(Thread.currentThread());
  }

  private synchronized int countRunning() {
    return running.size();
  }

  private synchronized void enqueue(Turn turn) {
    turns.add(turn);
  }

  private synchronized void dequeue(Turn turn) {
    turns.remove(turn);
    notifyAll();
  }

  private synchronized void begin(long needed) {
    running.add(Thread.currentThread());
    reserved += needed;
  }

  private synchronized void end(long needed) {
    running.remove(Thread.currentThread());
    reserved -= needed;
    notifyAll();
  }
}
