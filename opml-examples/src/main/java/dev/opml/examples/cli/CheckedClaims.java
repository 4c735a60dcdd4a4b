package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.agent.AgentListener;
import java.util.function.Supplier;

/** Counts claims that are checked once. One that cannot be checked keeps no other from it. */
final class CheckedClaims {
  private final AgentListener log;
  private int checked;
  private int wrong;
  private int unchecked;
  private int otherModels;

  CheckedClaims(AgentListener log) {
    this.log = log;
  }

  /** Checks a claim. */
  void check(ClaimId claim, Supplier<Verification> verify) {
    Verification verdict;
    try {
      verdict = verify.get();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      unchecked++;
      log.onFailure(claim, e);
      return;
    }
    checked++;
    wrong += verdict.holds() ? 0 : 1;
    log.onVerdict(claim, verdict);
  }

  /** Leaves out a claim about a model that is not here. */
  void leaveOut() {
    otherModels++;
  }

  /** Exit status: a false claim is told before one that could not be checked. */
  int status() {
    if (wrong > 0) {
      return ExitStatus.DOES_NOT_HOLD;
    }
    return unchecked > 0 ? ExitStatus.REFUSED : ExitStatus.HOLDS;
  }

  /** All numbers in a line. */
  String describe() {
    return "%d checked, %d false, %d could not be checked, %d of other models"
        .formatted(checked, wrong, unchecked, otherModels);
  }

  void addTo(ObjectNode result) {
    result
        .put("checked", checked)
        .put("false", wrong)
        .put("unchecked", unchecked)
        .put("otherModels", otherModels);
  }
}
