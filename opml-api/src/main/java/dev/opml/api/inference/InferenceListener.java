package dev.opml.api.inference;

import java.nio.FloatBuffer;

/**
 * Watches a run. Called on the thread that runs it, in order; an exception thrown here ends the
 * run. Nothing that a listener does can change a result.
 */
public interface InferenceListener {
  /** Ignores everything. */
  InferenceListener NONE = new InferenceListener() {};

  /**
   * A token was generated.
   *
   * @param index index in the output, from 0
   * @param tokenId its id
   */
  default void onToken(int index, int tokenId) {}

  /**
   * The logits that a token was drawn from; called before {@link #onToken} of that token.
   *
   * @param position position in the sequence, from 0
   * @param logits read-only view of length vocabularySize, valid during the call only
   */
  default void onLogits(int position, FloatBuffer logits) {}

  /**
   * Work advanced.
   *
   * @param stage what is being done, for people
   * @param done units done
   * @param total units in all
   */
  default void onProgress(String stage, long done, long total) {}
}
