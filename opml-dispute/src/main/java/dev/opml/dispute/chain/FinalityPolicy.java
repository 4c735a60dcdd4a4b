package dev.opml.dispute.chain;

import dev.opml.dispute.Wei;

/**
 * A requester's conditions for a claim to count as final, between the least and the most that the
 * deployment allows for the length of its trace.
 *
 * @param challengeWindow time for challenges after the reveal, in seconds
 * @param bond bond of the proposer; a challenger's is the deployment's
 */
public record FinalityPolicy(long challengeWindow, Wei bond) {
  /**
   * The least that a deployment allows for a trace.
   *
   * @param traceLength number of nodes N, at least 1
   */
  public static FinalityPolicy least(ArbiterParameters parameters, long traceLength) {
    return new FinalityPolicy(
        Windows.of(parameters).leastChallenge(traceLength),
        parameters.money().leastBond(traceLength));
  }
}
