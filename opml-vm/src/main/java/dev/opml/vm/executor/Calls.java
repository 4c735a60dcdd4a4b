package dev.opml.vm.executor;

import dev.opml.api.inference.ExecutorClosedException;
import java.util.function.Supplier;

/**
 * The calls in progress of something that can be closed: what it has is released after the last of
 * them. Thread-safe.
 */
final class Calls {
  /** Calls that a thread is in, of whatever: a listener may call again. */
  private static final ThreadLocal<int[]> DEPTH = ThreadLocal.withInitial(() -> new int[1]);

  private final Runnable release;
  private volatile boolean closed;
  private int running;
  private boolean released;

  /**
   * Begins without a call.
   *
   * @param release called once, by a thread that closes or that ends the last call; again if it
   *     failed and somebody closes again
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
    int[] depth = DEPTH.get();
    enter();
    depth[0]++;
    try {
      return call.get();
    } finally {
      depth[0]--;
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
    running++;
  }

  private synchronized void leave() {
    running--;
    releaseAfterTheLast();
  }

  private void releaseAfterTheLast() {
    if (closed && running == 0 && !released) {
      try {
        release.run();
        released = true;
      } finally {
        notifyAll();
      }
    }
  }

  /**
   * Refuses further calls and waits for those in progress. A thread that is in a call itself, of
   * this or of another executor, does not wait: they might wait for each other.
   */
  synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (running > 0 && DEPTH.get()[0] == 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a mapping left behind would be worse than a late answer
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    releaseAfterTheLast();
  }
}
