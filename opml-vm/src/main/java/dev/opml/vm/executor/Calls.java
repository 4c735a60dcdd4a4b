package dev.opml.vm.executor;

import dev.opml.api.inference.ExecutorClosedException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The calls in progress of something that can be closed: what it has is released after the last of
 * them. Thread-safe.
 */
final class Calls {
  /** Number of calls that each thread is in: a listener may call again. */
  private final Map<Thread, Integer> depths = new HashMap<>();

  private final Runnable release;
  private volatile boolean closed;
  private boolean released;

  /**
   * Begins without a call.
   *
   * @param release called once, by the thread that closes or that ends the last call
   */
  Calls(Runnable release) {
    this.release = release;
  }

  /**
   * Makes a call.
   *
   * @throws ExecutorClosedException if this is closed
   */
  <T> T call(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  /**
   * Asked again and again by calls that take long.
   *
   * @throws ExecutorClosedException if this is closed
   */
  void requireOpen() {
    if (closed) {
      throw new ExecutorClosedException();
    }
  }

  private synchronized void enter() {
    requireOpen();
    depths.merge(Thread.currentThread(), 1, Integer::sum);
  }

  private synchronized void leave() {
    depths.computeIfPresent(
        Thread.currentThread(), (thread, depth) -> depth == 1 ? null : depth - 1);
    releaseAfterTheLast();
  }

  private void releaseAfterTheLast() {
    if (closed && depths.isEmpty() && !released) {
      released = true;
      release.run();
      notifyAll();
    }
  }

  /** Refuses further calls and waits for those in progress; from within a call it does not wait. */
  synchronized void close() {
    closed = true;
    releaseAfterTheLast();
    boolean interrupted = false;
    while (!released && !depths.containsKey(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a mapping left behind would be worse than a late answer
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
