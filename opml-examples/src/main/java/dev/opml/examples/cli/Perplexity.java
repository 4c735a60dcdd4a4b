package dev.opml.examples.cli;

import java.nio.FloatBuffer;

/**
 * The exponential of the mean negative log-probability of tokens. Computed in binary64 with {@link
 * StrictMath}: equal logits give an equal result everywhere. Not thread-safe.
 */
final class Perplexity {
  private double sum;
  private double squares;
  private int count;

  /** Adds a token and the logits that it would have been drawn from. */
  void add(FloatBuffer logits, int token) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.remaining(); i++) {
      largest = Math.max(largest, logits.get(i));
    }
    double total = 0;
    for (int i = 0; i < logits.remaining(); i++) {
      total += StrictMath.exp(logits.get(i) - largest);
    }
    double loss = StrictMath.log(total) - (logits.get(token) - largest);
    sum += loss;
    squares += loss * loss;
    count++;
  }

  /** Number of tokens. */
  int count() {
    return count;
  }

  /** The perplexity of the tokens so far. */
  double value() {
    return StrictMath.exp(sum / count);
  }

  /** Standard error of {@link #value}, as if the tokens were independent. */
  double standardError() {
    double mean = sum / count;
    double variance = Math.max(0, squares / count - mean * mean);
    return value() * Math.sqrt(variance / (count - 1));
  }
}
