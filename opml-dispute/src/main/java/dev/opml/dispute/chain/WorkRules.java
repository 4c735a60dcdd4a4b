package dev.opml.dispute.chain;

import dev.opml.api.image.GraphHeader;

/**
 * How long an honest party may need to run a request once: the time that windows and clocks leave
 * for it.
 *
 * @param nodeMicros microseconds for a node, 0 to {@value #MOST_NODE_MICROS}
 * @param longestSeconds longest run that may be requested, in seconds, 1 to a year
 */
public record WorkRules(long nodeMicros, long longestSeconds) {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long MOST_NODE_MICROS = MICROS_PER_SECOND;

  /** Checks the ranges. */
  public WorkRules {
    if (nodeMicros < 0 || nodeMicros > MOST_NODE_MICROS) {
      throw new IllegalArgumentException("a node cannot take " + nodeMicros + " µs");
    }
    if (longestSeconds < 1 || longestSeconds > WindowRules.LONGEST_WINDOW) {
      throw new IllegalArgumentException("a run cannot take " + longestSeconds + " s");
    }
  }

  /**
   * Seconds for one run: ⌈N · p / 10^6⌉.
   *
   * @param traceLength number of nodes N, 1 to {@link GraphHeader#MAX_TRACE_LENGTH}
   */
  public long seconds(long traceLength) {
    return Math.ceilDiv(Math.multiplyExact(traceLength, nodeMicros), MICROS_PER_SECOND);
  }
}
