package dev.opml.dispute.agent;

import dev.opml.dispute.chain.RequestView;

/** Which requests a proposer answers, of those whose model it serves. */
public interface ProposerPolicy {
  /**
   * Answers requests that nobody else has a live claim on: a later claim with the same root earns
   * nothing.
   */
  ProposerPolicy UNANSWERED = request -> request.liveClaims() == 0;

  /** Answers every request, rivals or not. */
  ProposerPolicy ALL = _ -> true;

  /** Whether to answer a request; its fee, bond and windows are in its terms. */
  boolean accepts(RequestView request);
}
