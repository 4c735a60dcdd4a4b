package dev.opml.examples.bench;

import java.util.Locale;

/**
 * One thing to measure.
 *
 * @param kind what is timed
 * @param tokens how many tokens
 * @param threads threads of the engine
 */
public record BenchTest(TestKind kind, int tokens, int threads) {
  /** Checks that the numbers are positive. */
  public BenchTest {
    if (tokens < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "%d tokens on %d threads: both must be at least 1".formatted(tokens, threads));
    }
  }

  /** For people: {@code pp 512}. */
  public String name() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + tokens;
  }
}
