package dev.opml.dispute.agent;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.RequestView;

/**
 * Bounds of the requests that a proposer answers; all are inclusive.
 *
 * @param leastFee lowest fee
 * @param mostBond highest bond of a claim
 * @param longestChallengeWindow longest time for challenges, in seconds: so long the bond is locked
 * @param longestTrace most nodes of a trace, N
 */
public record ProposerLimits(
    Wei leastFee, Wei mostBond, long longestChallengeWindow, long longestTrace) {
  /**
   * A fee of 0.001 ether, a bond of 10 ether, three days for challenges, and 2^22 nodes: about the
   * longest run that the standard parameters allow.
   */
  public static final ProposerLimits DEFAULT =
      new ProposerLimits(Wei.gwei(1_000_000), Wei.ether(10), 3L * 24 * 3600, 1L << 22);

  /** Whether a request is within all of them. */
  public boolean allow(RequestView request) {
    return !request.terms().fee().isLessThan(leastFee)
        && !mostBond.isLessThan(request.terms().policy().bond())
        && request.terms().policy().challengeWindow() <= longestChallengeWindow
        && request.traceLength() <= longestTrace;
  }
}
