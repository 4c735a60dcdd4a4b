package dev.opml.examples.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Repeated measurements of one thing.
 *
 * @param values the measurements in the order in which they were made; at least one
 */
public record Samples(List<Double> values) {
  /** Copies the list, and refuses an empty one. */
  public Samples {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no samples");
    }
  }

  /** The arithmetic mean. */
  public double mean() {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The standard deviation of the sample (divided by one less than its size); 0 of one. */
  public double standardDeviation() {
    if (values.size() == 1) {
      return 0;
    }
    double mean = mean();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.size() - 1));
  }

  /** A figure of each measurement. */
  static Samples of(double... values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }
}
