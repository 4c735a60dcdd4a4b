package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives one task to workers that may block. The giver waits while the workers run the task on the
 * thread that hands it over, as {@code Runnable::run} does; if they neither take the task nor begin
 * it, only for a while.
 */
final class HandOver {
  /** Those that are handing over; each waits for a worker, so they may be many, but end soon. */
  private static final Executor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("opml-hand-over").factory());

  /** Longest single wait: whether the task has begun may change meanwhile. */
  private static final long MOST_MILLIS = 1_000;

  private static final ThreadLocal<@Nullable Thread> GIVER = new ThreadLocal<>();

  private final Executor workers;
  private final Runnable task;
  private final Thread giver = origin();
  private @Nullable Thread thread;
  private boolean begun;
  private boolean over;

  private HandOver(Executor workers, Runnable task) {
    this.workers = workers;
    this.task = task;
  }

  /**
   * Hands over.
   *
   * @param task throws nothing
   * @param ended is told that the workers have taken the task, by null, or what they threw instead;
   *     throws nothing. On another thread, and perhaps later than this returns
   */
  static void give(
      Executor workers, Runnable task, Duration patience, Consumer<@Nullable Throwable> ended) {
    HandOver handOver = new HandOver(workers, task);
    THREADS.execute(() -> handOver.run(ended));
    handOver.await(patience);
  }

  /**
   * The thread whose round the current thread works for: the one that waits until it has handed
   * over, or itself.
   */
  static Thread origin() {
    Thread giver = GIVER.get();
    return giver == null ? Thread.currentThread() : giver;
  }

  private void run(Consumer<@Nullable Throwable> ended) {
    GIVER.set(giver);
    Throwable thrown = null;
    synchronized (this) {
      thread = Thread.currentThread();
    }
    try {
      workers.execute(this::work);
    } catch (Throwable e) {
      thrown = e;
    }
    try {
      ended.accept(thrown);
    } finally {
      GIVER.remove();
      end();
    }
  }

  private void work() {
    synchronized (this) {
      begun = Thread.currentThread() == thread;
    }
    task.run();
  }

  private synchronized void end() {
    over = true;
    notifyAll();
  }

  private synchronized void await(Duration patience) {
    long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience);
    boolean interrupted = false;
    while (!over) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0 && !begun) {
        break;
      }
      try {
        wait(begun ? MOST_MILLIS : Math.min(left, MOST_MILLIS));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
