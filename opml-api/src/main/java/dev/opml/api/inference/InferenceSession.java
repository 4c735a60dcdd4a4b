package dev.opml.api.inference;

/**
 * Requests one after the other, of which each need not compute again what its prompt has in common
 * with the text before: prompt and output of the last request, as far as they are the same tokens
 * from the first on. Results are those of {@link Executor#run}, bit for bit, and so are the
 * exceptions. A conversation is one. A call while another runs, as one by a listener, is refused.
 */
public interface InferenceSession extends AutoCloseable {
  /**
   * Generates tokens, as {@link Executor#run} does.
   *
   * @throws IllegalStateException if this is closed, or another call is running
   */
  InferenceResult run(InferenceRequest request, InferenceListener listener);

  /** {@link #run(InferenceRequest, InferenceListener)} without a listener. */
  default InferenceResult run(InferenceRequest request) {
    return run(request, InferenceListener.NONE);
  }

  /** Forgets what was computed. Closing again does nothing. */
  @Override
  void close();
}
