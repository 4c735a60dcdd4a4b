package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for calls a while only, so that one that hangs stops nothing else. Each runs on a thread of
 * its own, one at a time; while one hangs, the others fail at once. A call that took too long goes
 * on all the same. Thread-safe.
 */
final class Patience {
  private final String name;
  private final long nanos;
  private final Supplier<RuntimeException> hangs;
  private final Semaphore free = new Semaphore(1);

  /** The call that took too long last. */
  private volatile @Nullable FutureTask<?> late;

  private volatile long lateSince;

  /**
   * Makes one.
   *
   * @param name of the threads
   * @param patience how long a call is waited for
   * @param hangs makes what is thrown when a call took longer
   */
  Patience(String name, Duration patience, Supplier<RuntimeException> hangs) {
    this.name = name;
    this.nanos = patience.toNanos();
    this.hangs = hangs;
  }

  /** Interrupts the call that hangs, if it has done so for some time. */
  void interruptAfter(Duration time) {
    FutureTask<?> hanging = late;
    if (hanging != null && System.nanoTime() - lateSince >= time.toNanos()) {
      hanging.cancel(true);
    }
  }

  /** Runs a call and returns, or throws, what it does; an interrupt ends no wait, and is kept. */
  <T> T call(Supplier<T> call) {
    long end = System.nanoTime() + nanos;
    if (!enter(end)) {
      throw hangs.get();
    }
    FutureTask<T> task = new FutureTask<>(() -> run(call));
    boolean started = false;
    try {
      Thread.ofPlatform().daemon().name(name).start(task);
      started = true;
    } finally {
      if (!started) {
        free.release();
      }
    }
    return await(task, end);
  }

  private <T> T run(Supplier<T> call) {
    try {
      return call.get();
    } finally {
      free.release();
    }
  }

  private boolean enter(long end) {
    FutureTask<?> hanging = late;
    if (hanging != null && !hanging.isDone()) {
      return false;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return free.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      keepInterrupt(interrupted);
    }
  }

  private <T> T await(FutureTask<T> task, long end) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      lateSince = System.nanoTime();
      late = task;
      throw hangs.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      keepInterrupt(interrupted);
    }
  }

  private static void keepInterrupt(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exception that a call threw, as it is; throws its error. */
  private static RuntimeException unchecked(@Nullable Throwable thrown) {
    return switch (thrown) {
      case RuntimeException exception -> exception;
      case Error error -> throw error;
      case null, default -> new IllegalStateException("a call throws what it must not", thrown);
    };
  }
}
