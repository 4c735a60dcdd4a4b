package dev.opml.vm.executor;

import dev.opml.api.inference.InferenceListener;
import java.nio.FloatBuffer;
import java.util.function.Function;

/**
 * The caller's listener, set apart: what it throws is thrown to the caller as it is, and never
 * taken for something that the engine, the memory or the model's file threw.
 */
final class Caller implements InferenceListener {
  private final InferenceListener listener;

  private Caller(InferenceListener listener) {
    this.listener = listener;
  }

  /** Carries what a listener threw through code that handles exceptions and errors. */
  private static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Thrown(Throwable cause) {
      super(null, cause, false, false);
    }
  }

  /** Does work that tells a listener, and throws what the listener throws. */
  static <T> T tell(InferenceListener listener, Function<InferenceListener, T> work) {
    try {
      return work.apply(new Caller(listener));
    } catch (Thrown e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e; // a listener cannot throw anything else
      }
    }
  }

  private static void run(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      throw new Thrown(e);
    }
  }

  @Override
  public void onToken(int index, int tokenId) {
    run(() -> listener.onToken(index, tokenId));
  }

  @Override
  public void onLogits(int position, FloatBuffer logits) {
    run(() -> listener.onLogits(position, logits));
  }

  @Override
  public void onProgress(String stage, long done, long total) {
    run(() -> listener.onProgress(stage, done, total));
  }

  @Override
  public boolean isCancelled() {
    try {
      return listener.isCancelled();
    } catch (RuntimeException | Error e) {
      throw new Thrown(e);
    }
  }
}
