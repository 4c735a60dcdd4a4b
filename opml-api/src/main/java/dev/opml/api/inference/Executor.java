package dev.opml.api.inference;

import dev.opml.api.image.Registration;

/**
 * Runs one model deterministically. Results are functions of the model's image and the request: not
 * of threads, vector width, batch size, JIT state or engine. Safe for use by many threads; calls
 * may be serialised.
 *
 * <p>A call ends early, with a {@link CancelledException}, when its listener {@linkplain
 * InferenceListener#isCancelled says so} or its thread is interrupted; the thread stays
 * interrupted. A call of a trace does so only before it begins. Calls wait for each other where
 * they do not fit into memory together, so a listener must not wait for another thread's call.
 *
 * <p>Beside what is listed, every method that computes, and those of the traces, throw
 *
 * <ul>
 *   <li>{@link ExecutorClosedException} once the executor is closed,
 *   <li>{@link InsufficientMemoryException} if the JVM has not the memory for the call alone,
 *   <li>{@link ModelFileChangedException} if the model's file was cut off or written to since it
 *       was opened; but not if it was first renamed or deleted.
 * </ul>
 */
public interface Executor extends AutoCloseable {
  /** The model. */
  ModelDescription model();

  /**
   * The model's tokenizer; it outlives the executor.
   *
   * @throws UnsuitablePromptException if the model is a network on bytes
   * @throws MissingTokenizerException if the model has none that is supported; all else works
   */
  Tokenizer tokenizer();

  /** The openings that a publisher gives an arbiter to register the model. */
  Registration registration();

  /**
   * Generates tokens.
   *
   * @throws UnsuitablePromptException if the model reads another kind of prompt
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   * @throws InvalidChoicesException if generation may end within a choice, at a stop token
   * @throws CancelledException if the call is ended early; it has the result so far, if a token was
   *     generated
   */
  InferenceResult run(InferenceRequest request, InferenceListener listener);

  /** {@link #run(InferenceRequest, InferenceListener)} without a listener. */
  default InferenceResult run(InferenceRequest request) {
    return run(request, InferenceListener.NONE);
  }

  /**
   * Starts a session, in which a request that continues the text of the one before is faster. An
   * executor that keeps nothing may answer each from its beginning.
   */
  default InferenceSession newSession() {
    return new UnkeptSession(this);
  }

  /**
   * Checks a claim by one batched prefill over prompt and claimed tokens. The listener hears of
   * progress, and of no tokens. A claim about another model is wrong, not an error.
   *
   * @throws UnsuitablePromptException if the model reads another kind of prompt
   * @throws dev.opml.api.LimitExceededException if its request does not fit the model
   * @throws InvalidChoicesException if generation may end within a choice, at a stop token
   * @throws CancelledException if the call is ended early
   */
  Verification verify(Claim claim, InferenceListener listener);

  /** {@link #verify(Claim, InferenceListener)} without a listener. */
  default Verification verify(Claim claim) {
    return verify(claim, InferenceListener.NONE);
  }

  /**
   * Runs the request and keeps what is needed to answer for every node and instruction.
   *
   * @throws UnsuitablePromptException if the model reads another kind of prompt
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   * @throws InvalidChoicesException if generation may end within a choice, at a stop token
   * @throws CancelledException if the call is ended early
   */
  Trace trace(InferenceRequest request, InferenceListener listener);

  /** {@link #trace(InferenceRequest, InferenceListener)} without a listener. */
  default Trace trace(InferenceRequest request) {
    return trace(request, InferenceListener.NONE);
  }

  /**
   * Ends running calls with an {@link ExecutorClosedException}, waits until they have ended, and
   * releases threads and mappings. Calls of traces are waited for. Called by a listener, of
   * whatever executor, it does not wait: the last call that ends releases them. Closing again does
   * nothing more.
   */
  @Override
  void close();
}
