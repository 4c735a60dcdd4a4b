package dev.opml.api.inference;

import java.nio.FloatBuffer;
import java.util.function.BooleanSupplier;

/** A listener with one more reason to end a call. */
record CancellableListener(InferenceListener listener, BooleanSupplier reason)
    implements InferenceListener {
  @Override
  public void onToken(int index, int tokenId) {
    listener.onToken(index, tokenId);
  }

  @Override
  public void onLogits(int position, FloatBuffer logits) {
    listener.onLogits(position, logits);
  }

  @Override
  public void onProgress(String stage, long done, long total) {
    listener.onProgress(stage, done, total);
  }

  @Override
  public boolean isCancelled() {
    return reason.getAsBoolean() || listener.isCancelled();
  }
}
