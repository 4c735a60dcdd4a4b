package dev.opml.vm.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Penalties of an input region, any numbers (docs/image.md, "Sampling").
 *
 * @param repeat divides logits above 0, multiplies others
 * @param presence is subtracted once
 * @param frequency is subtracted for each occurrence
 * @param window number of last positions that are looked at, unsigned; 0 for no penalties
 */
record TokenPenalties(float repeat, float presence, float frequency, int window) {
  /** Whether there are any. */
  boolean any() {
    return window != 0;
  }

  /**
   * Applies them.
   *
   * @param logits logits by token, changed in place
   * @param token the token of each position
   * @param position the last position
   */
  void apply(float[] logits, IntUnaryOperator token, int position) {
    long first = Math.max(0, position + 1L - Integer.toUnsignedLong(window));
    Map<Integer, Integer> counts = new HashMap<>();
    for (int q = (int) first; q <= position; q++) {
      counts.merge(token.applyAsInt(q), 1, Integer::sum);
    }
    counts.forEach((id, count) -> logits[id] = penalised(logits[id], count));
  }

  private float penalised(float logit, int count) {
    float l = logit > 0 ? logit / repeat : logit * repeat;
    return l - ((float) count * frequency + presence);
  }
}
