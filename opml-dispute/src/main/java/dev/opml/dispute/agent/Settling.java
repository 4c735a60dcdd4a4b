package dev.opml.dispute.agent;

import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.WindowRules;

/** When the windows of a claim have ended. */
final class Settling {
  private Settling() {}

  static boolean revealIsOver(AgentContext context, ClaimView claim) {
    WindowRules windows = context.expected().parameters().windows();
    return context.now() > claim.sealedAt() + windows.revealDelay() + windows.revealWindow();
  }

  static boolean canSettle(AgentContext context, ClaimView claim, RequestView request) {
    return claim.status() == ClaimStatus.REVEALED
        && claim.openGames() == 0
        && context.now() > challengeDeadline(claim, request);
  }

  static long challengeDeadline(ClaimView claim, RequestView request) {
    return claim.revealedAt() + request.terms().policy().challengeWindow();
  }
}
