package dev.opml.benchmarks;

import java.util.List;

/** The middle of some numbers. */
public final class Median {
  private Median() {}

  /** The middle one of the values, at least one, or the mean of the two in the middle. */
  public static double of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
