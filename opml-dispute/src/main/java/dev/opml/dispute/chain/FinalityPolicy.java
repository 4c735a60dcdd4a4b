package dev.opml.dispute.chain;

import dev.opml.dispute.Wei;

/**
 * What a requester asks of a claim before it counts as final; at least the deployment's.
 *
 * @param challengeWindow time for challenges after the reveal, in seconds
 * @param bond bond of the proposer and of every challenger
 */
public record FinalityPolicy(long challengeWindow, Wei bond) {
  /** The least that a deployment allows. */
  public static FinalityPolicy least(ArbiterParameters parameters) {
    return new FinalityPolicy(parameters.windows().challengeWindow(), parameters.money().bond());
  }
}
