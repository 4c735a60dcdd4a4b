package dev.opml.dispute.agent;

import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.merkle.Commitments;

/** The roots of an answer: enough to compare claims with it. */
record AnswerRoots(OutputRoot outputRoot, StateRoot finalRoot) {
  static AnswerRoots of(Answer answer) {
    return new AnswerRoots(Commitments.outputRoot(answer.output()), answer.finalRoot());
  }

  /** Whether a claim says the same, as far as it says it yet: a sealed one only gives tokens. */
  boolean agree(ClaimView claim) {
    return claim.outputRoot().equals(outputRoot)
        && claim.finalRoot().map(finalRoot::equals).orElse(true);
  }
}
