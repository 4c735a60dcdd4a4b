package dev.opml.vm.executor;

import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InferenceSession;
import dev.opml.api.inference.InsufficientMemoryException;
import dev.opml.vm.engine.Session;
import java.lang.ref.SoftReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last inference for the next. Only softly, as it is outside the budget of memory: if
 * another needs that, the next request is computed from its beginning.
 */
final class KeptSession implements InferenceSession {
  private final Runner runner;
  private SoftReference<Session> last = new SoftReference<>(null);
  private boolean closed;

  /** Runs a request as an executor does. */
  @FunctionalInterface
  interface Runner {
    /**
     * Runs a request.
     *
     * @param earlier an inference that it may have to do with, or null
     * @param keep is told the inference, if that has come through its prompt and ended well or by a
     *     cancellation
     */
    InferenceResult run(
        InferenceRequest request,
        @Nullable Session earlier,
        Consumer<Session> keep,
        InferenceListener listener);
  }

  KeptSession(Runner runner) {
    this.runner = runner;
  }

  @Override
  public synchronized InferenceResult run(InferenceRequest request, InferenceListener listener) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    @Nullable Session earlier = last.get();
    if (earlier != null) {
      try {
        return run(request, earlier, listener);
      } catch (InsufficientMemoryException e) {
        last.clear(); // one inference may fit where two do not
      }
    }
    return run(request, null, listener);
  }

  private InferenceResult run(
      InferenceRequest request, @Nullable Session earlier, InferenceListener listener) {
    return runner.run(request, earlier, kept -> last = new SoftReference<>(kept), listener);
  }

  @Override
  public synchronized void close() {
    closed = true;
    last.clear();
  }
}
