package dev.opml.dispute.agent;

import dev.opml.dispute.chain.RequestView;

/** Chooses the requests that a proposer answers, of those whose model it serves. */
@FunctionalInterface
public interface ProposerPolicy {
  /**
   * Answers every request, unless somebody else has a live claim on it that says the same: a later
   * claim with the same root earns nothing. A live claim that says something else is no answer.
   */
  ProposerPolicy UNANSWERED =
      new ProposerPolicy() {
        @Override
        public boolean accepts(RequestView request) {
          return true;
        }

        @Override
        public boolean joinsTheSame() {
          return false;
        }
      };

  /** {@link #UNANSWERED} within {@link ProposerLimits#DEFAULT}: for a proposer on a real chain. */
  ProposerPolicy STANDARD = UNANSWERED.within(ProposerLimits.DEFAULT);

  /** Answers every request, rivals or not. */
  ProposerPolicy ALL = _ -> true;

  /**
   * Whether to answer a request, as far as it can be told before it is run; its fee, bond and
   * windows are in its terms.
   */
  boolean accepts(RequestView request);

  /** Whether to seal beside a live claim of somebody else that says the same. */
  default boolean joinsTheSame() {
    return true;
  }

  /** This policy, for requests within limits only. */
  default ProposerPolicy within(ProposerLimits limits) {
    ProposerPolicy policy = this;
    return new ProposerPolicy() {
      @Override
      public boolean accepts(RequestView request) {
        return limits.allow(request) && policy.accepts(request);
      }

      @Override
      public boolean joinsTheSame() {
        return policy.joinsTheSame();
      }
    };
  }
}
