package dev.opml.dispute.agent;

import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import java.util.function.LongSupplier;

/**
 * The time that one model takes on this machine, as it was measured.
 *
 * @param runNanos nanoseconds a node of a run, 0 or more
 * @param traceNanos nanoseconds a node of a run that makes a trace, 0 or more
 */
public record Speed(double runNanos, double traceNanos) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Longer than any window or clock; sums of it do not overflow. */
  private static final long MOST_SECONDS = 1L << 31;

  /** Checks the ranges. */
  public Speed {
    if (!(runNanos >= 0) || !(traceNanos >= 0)) {
      throw new IllegalArgumentException("a node cannot take " + runNanos + ", " + traceNanos);
    }
  }

  /**
   * Measures a short piece: runs it once to warm up, once for the run's time, and once for the
   * trace's. A node of a long request takes longer than one of a short one, so the piece should be
   * as long as there is time for.
   *
   * @param piece a request that ends with as many tokens as it may have
   * @throws IllegalArgumentException if it ends earlier: its nodes would seem faster than they are
   */
  public static Speed measure(ModelRunner runner, InferenceRequest piece) {
    return measure(runner, piece, System::nanoTime);
  }

  static Speed measure(ModelRunner runner, InferenceRequest piece, LongSupplier nanoTime) {
    int tokens = answer(runner, piece).output().size();
    if (tokens != piece.maxNewTokens()) {
      throw new IllegalArgumentException(
          "a piece to measure must not stop early, but has " + tokens + " tokens");
    }
    long start = nanoTime.getAsLong();
    Answer _ = answer(runner, piece);
    long answered = nanoTime.getAsLong();
    try (Trace trace = runner.trace(piece)) {
      long traced = nanoTime.getAsLong();
      return new Speed(
          (double) (answered - start) / trace.length(),
          (double) (traced - answered) / trace.length());
    }
  }

  /** As an agent answers: by a trace, perhaps. */
  private static Answer answer(ModelRunner runner, InferenceRequest piece) {
    return runner.answer(piece, Trace::close);
  }

  /** Seconds of a run of so many nodes, rounded up; 68 years at most. */
  public long runSeconds(long traceLength) {
    return seconds(runNanos, traceLength);
  }

  /** Seconds of a trace of so many nodes, rounded up; 68 years at most. */
  public long traceSeconds(long traceLength) {
    return seconds(traceNanos, traceLength);
  }

  private static long seconds(double nanos, long traceLength) {
    return Math.min(MOST_SECONDS, (long) Math.ceil(nanos * traceLength / NANOS_PER_SECOND));
  }
}
