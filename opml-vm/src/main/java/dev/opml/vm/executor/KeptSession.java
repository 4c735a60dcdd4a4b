package dev.opml.vm.executor;

import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InferenceSession;
import dev.opml.vm.engine.Session;
import java.lang.ref.SoftReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Keeps the last inference for the next. Only softly, as it is outside the budget of memory: if
 * another needs that, the next request is computed from its beginning.
 */
final class KeptSession implements InferenceSession {
  private final Runner runner;
  private final ReentrantLock running = new ReentrantLock();
  private volatile SoftReference<Session> last = new SoftReference<>(null);
  private volatile boolean closed;

  /** Runs a request as an executor does. */
  @FunctionalInterface
  interface Runner {
    /**
     * Runs a request.
     *
     * @param earlier an inference that it may have to do with, if it is still there
     * @param keep is told the inference, if that has come through its prompt and ended well or by a
     *     cancellation
     */
    InferenceResult run(
        InferenceRequest request,
        SoftReference<Session> earlier,
        Consumer<Session> keep,
        InferenceListener listener);
  }

  KeptSession(Runner runner) {
    this.runner = runner;
  }

  @Override
  public InferenceResult run(InferenceRequest request, InferenceListener listener) {
    // Not waited for: a listener that waits for another thread's call could wait for ever.
    if (closed || running.isHeldByCurrentThread() || !running.tryLock()) {
      throw new IllegalStateException(
          closed ? "the session is closed" : "another call of the session is running");
    }
    try {
      return runner.run(request, last, kept -> last = new SoftReference<>(kept), listener);
    } finally {
      running.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    last = new SoftReference<>(null);
  }
}
