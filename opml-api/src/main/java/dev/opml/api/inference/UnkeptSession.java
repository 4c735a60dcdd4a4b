package dev.opml.api.inference;

/** Answers each request from its beginning. */
final class UnkeptSession implements InferenceSession {
  private final Executor executor;
  private boolean closed;

  UnkeptSession(Executor executor) {
    this.executor = executor;
  }

  @Override
  public synchronized InferenceResult run(InferenceRequest request, InferenceListener listener) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    return executor.run(request, listener);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
