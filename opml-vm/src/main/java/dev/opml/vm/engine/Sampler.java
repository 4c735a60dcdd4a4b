package dev.opml.vm.engine;

import dev.opml.vm.kernel.Kernels;
import java.util.Arrays;

/**
 * Draws tokens (docs/image.md, "Sampling"). Parameters out of range mean greedy. A position's draw
 * depends on the parameters, the logits and the position, on nothing else.
 *
 * @param temperature 0 for greedy
 * @param topK 0 for all
 * @param topP 1 for all
 * @param minP 0 for all
 * @param seed seed of the generator
 */
record Sampler(float temperature, long topK, float topP, float minP, long seed) {
  private static final float MIN_TEMPERATURE = 0x1p-7f;
  private static final float MAX_TEMPERATURE = 0x1p7f;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final int DRAW_BITS = 24;

  /** The token for the logits {@code logits[offset .. offset + n)} of a position. */
  int draw(float[] logits, int offset, int n, long position) {
    int best = greedy(logits, offset, n);
    float max = logits[offset + best];
    if (!inRange() || Float.isNaN(max) || Float.isInfinite(max)) {
      return best;
    }
    int[] ids = candidates(logits, offset, n);
    int kept = topK > 0 ? (int) Math.min(topK, ids.length) : ids.length;
    // What is above the best candidate, up to the sign of zero, which changes no difference that
    // matters.
    float top = logits[offset + ids[0]];
    float[] below = new float[kept];
    for (int i = 0; i < kept; i++) {
      below[i] = logits[offset + ids[i]] - top;
    }
    kept = keepMass(below, kept);
    kept = keepLikely(below, kept);
    return ids[pick(below, kept, uniform(position))];
  }

  private boolean inRange() {
    return temperature >= MIN_TEMPERATURE
        && temperature <= MAX_TEMPERATURE
        && topP > 0
        && topP <= 1
        && minP >= 0
        && minP < 1;
  }

  /** The lowest id among the largest; NaN is ignored, 0 if all are NaN. */
  private static int greedy(float[] logits, int offset, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      float l = logits[offset + i];
      if (l > logits[offset + best] || (Float.isNaN(logits[offset + best]) && !Float.isNaN(l))) {
        best = i;
      }
    }
    return best;
  }

  /** Ids of all logits that are not NaN, by logit descending, then id ascending; -0 = +0. */
  private static int[] candidates(float[] logits, int offset, int n) {
    long[] keys = new long[n];
    int count = 0;
    for (int i = 0; i < n; i++) {
      float l = logits[offset + i];
      if (!Float.isNaN(l)) {
        int bits = l == 0 ? 0 : Float.floatToRawIntBits(l);
        // Ascending with the float, as a signed int; then turned round.
        int ascending = bits ^ (bits >> 31 & 0x7fffffff);
        keys[count++] = (long) ~ascending << 32 | i;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }

  /** top-p: the shortest prefix whose running sum reaches its share of the sum. */
  private int keepMass(float[] below, int count) {
    if (topP >= 1) {
      return count;
    }
    float[] e = new float[count];
    float sum = 0;
    for (int i = 0; i < count; i++) {
      e[i] = Kernels.exp(below[i]);
      sum = sum + e[i];
    }
    float wanted = topP * sum;
    float running = 0;
    for (int i = 0; i < count; i++) {
      running = running + e[i];
      if (running >= wanted) {
        return i + 1;
      }
    }
    return count;
  }

  /** min-p: the prefix of candidates that are likely enough, compared with the first. */
  private int keepLikely(float[] below, int count) {
    if (!(minP > 0)) {
      return count;
    }
    int kept = 1;
    while (kept < count && Kernels.exp(below[kept]) >= minP) {
      kept++;
    }
    return kept;
  }

  private int pick(float[] below, int count, float u) {
    float[] weights = new float[count];
    float sum = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = Kernels.exp(below[i] / temperature);
      sum = sum + weights[i];
    }
    float threshold = u * sum;
    float running = 0;
    for (int i = 0; i < count; i++) {
      running = running + weights[i];
      if (running > threshold) {
        return i;
      }
    }
    return count - 1;
  }

  /** The position's number in [0, 1): 24 bits of the SplitMix64 finalizer of a counter. */
  private float uniform(long position) {
    long z = seed + (position + 1) * GOLDEN;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return (float) (z >>> (Long.SIZE - DRAW_BITS)) * 0x1p-24f;
  }
}
