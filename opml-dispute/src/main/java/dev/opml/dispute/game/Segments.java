package dev.opml.dispute.game;

import dev.opml.api.trace.InstructionIndex;

/**
 * Division of an interval: into {@code m = min(k, high - low)} segments with boundary {@code b} at
 * {@code low + floor((high - low) * b / m)}, b from 0 to m. Boundaries are strictly ascending, so
 * no segment is empty.
 */
public final class Segments {
  private Segments() {}

  /** Number of segments of an interval of {@code size} ≥ 1 steps. */
  public static int count(int arity, long size) {
    return (int) Math.min(arity, size);
  }

  /**
   * Position of a boundary. Exact: an interval is at most 2^40 long and has at most 64 segments.
   *
   * @param count number of segments
   * @param index boundary, 0 to {@code count}
   */
  public static long boundary(long low, long high, int count, int index) {
    return low + (high - low) * index / count;
  }

  /** Size of the largest segment. */
  public static long largest(int arity, long size) {
    int count = count(arity, size);
    return (size + count - 1) / count;
  }

  /**
   * Most subdivisions that cut {@code size} steps down to one, the first of them included; 1 if
   * {@code size} is 1.
   */
  public static int subdivisions(int arity, long size) {
    int moves = 1;
    for (long left = size; left > 1; left = largest(arity, left)) {
      moves++;
    }
    return moves;
  }

  /**
   * Most moves of a game over a trace: the challenge, the picks of a segment, the opening of the
   * machine and the witness.
   *
   * @param traceLength number of nodes, at least 1
   */
  public static int mostMoves(Arity arity, long traceLength) {
    return subdivisions(arity.nodes(), traceLength)
        + subdivisions(arity.instructions(), InstructionIndex.END.value())
        + 1;
  }
}
