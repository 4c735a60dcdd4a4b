package dev.opml.api.inference;

import java.util.concurrent.locks.ReentrantLock;

/** Answers each request from its beginning. */
final class UnkeptSession implements InferenceSession {
  private final Executor executor;
  private final ReentrantLock running = new ReentrantLock();
  private volatile boolean closed;

  UnkeptSession(Executor executor) {
    this.executor = executor;
  }

  @Override
  public InferenceResult run(InferenceRequest request, InferenceListener listener) {
    if (closed || running.isHeldByCurrentThread() || !running.tryLock()) {
      throw new IllegalStateException(
          closed ? "the session is closed" : "another call of the session is running");
    }
    try {
      return executor.run(request, listener);
    } finally {
      running.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
