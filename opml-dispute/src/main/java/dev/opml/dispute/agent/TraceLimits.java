package dev.opml.dispute.agent;

/**
 * Bounds of the traces that an agent makes and keeps.
 *
 * @param atOnce traces in the making, at least 1: as many as this machine makes at once, each in
 *     the time that the deployment allows a run. Those come first whose game ends first
 * @param overdue traces in the making, 0 or more, that have taken more than their time and keep no
 *     other from being made: they may hang
 * @param kept traces that are kept for a game's next move, at least 1, beside those in use. The one
 *     that is needed last is dropped, and made again when it is needed; the last is kept. A
 *     proposer seals no more claims than there is room for their traces
 * @param keptBytes most bytes of the roots of those that are kept, 32 a node; what an executor
 *     keeps of the run itself comes on top
 */
public record TraceLimits(int atOnce, int overdue, int kept, long keptBytes) {
  /** One at a time; eight of the longest that {@link ProposerLimits#DEFAULT} allows. */
  public static final TraceLimits DEFAULT = new TraceLimits(1, 3, 64, 1L << 30);

  private static final long BYTES_PER_NODE = 32;

  /** Checks the ranges. */
  public TraceLimits {
    TaskLimits.requireSome("atOnce", atOnce);
    TaskLimits.requireSome("kept", kept);
    TaskLimits.requireSome("keptBytes", keptBytes);
    TaskLimits.requireNotNegative("overdue", overdue);
  }

  /** Bytes that keeping a trace takes. */
  static long bytes(long traceLength) {
    return BYTES_PER_NODE * (traceLength + 1);
  }

  /** Whether so many traces may be kept. */
  boolean allow(int traces, long bytes) {
    return traces <= kept && bytes <= keptBytes;
  }
}
