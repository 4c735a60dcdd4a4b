package dev.opml.api.inference;

import dev.opml.api.image.Registration;
import dev.opml.api.trace.Trace;

/**
 * Runs one model deterministically. Results are functions of the model's image and the request: not
 * of threads, vector width, batch size, JIT state or engine. Safe for use by many threads; calls
 * may be serialised.
 */
public interface Executor extends AutoCloseable {
  /** The model. */
  ModelDescription model();

  /** The model's tokenizer. */
  Tokenizer tokenizer();

  /** What a publisher gives an arbiter to register the model. */
  Registration registration();

  /**
   * Generates tokens.
   *
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   */
  InferenceResult run(InferenceRequest request, InferenceListener listener);

  /**
   * Checks a claim by one batched prefill over prompt and claimed tokens.
   *
   * @throws IllegalArgumentException if the claim is about another model
   * @throws dev.opml.api.LimitExceededException if its request does not fit the model
   */
  Verification verify(Claim claim, InferenceListener listener);

  /**
   * Runs the request and keeps what is needed to answer for every node and instruction.
   *
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   */
  Trace trace(InferenceRequest request, InferenceListener listener);

  /** Releases threads and mappings; traces of this executor must not be used afterwards. */
  @Override
  void close();
}
