package dev.opml.api.inference;

import java.nio.FloatBuffer;
import java.util.function.BooleanSupplier;

/**
 * Watches a call of an executor, and may end it early. Called on the thread that runs it, in order;
 * an exception thrown here ends the call and is what it throws. Nothing that a listener does can
 * change a result.
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

  /**
   * Whether the call is to end with a {@link CancelledException}. Asked between the positions of a
   * generation, and between the nodes of a batch of positions: several times a second, unless the
   * model is very slow here.
   */
  default boolean isCancelled() {
    return false;
  }

  /**
   * This listener, with another reason to end the call early.
   *
   * <pre>{@code
   * AtomicBoolean stop = new AtomicBoolean();
   * executor.run(request, InferenceListener.NONE.cancelledWhen(stop::get));
   * }</pre>
   *
   * @param reason asked on the thread that runs the call
   */
  default InferenceListener cancelledWhen(BooleanSupplier reason) {
    return new CancellableListener(this, reason);
  }
}
