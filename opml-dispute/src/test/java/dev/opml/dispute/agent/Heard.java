package dev.opml.dispute.agent;

import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.journal.Intent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what an agent tells. */
final class Heard implements AgentListener {
  final List<Intent> accepted = new CopyOnWriteArrayList<>();
  final List<Intent> refused = new CopyOnWriteArrayList<>();
  final List<ClaimId> judged = new CopyOnWriteArrayList<>();
  final List<ClaimId> risky = new CopyOnWriteArrayList<>();

  /** Why, and what. */
  final List<String> declined = new CopyOnWriteArrayList<>();

  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  @Override
  public void onAccepted(Intent intent) {
    accepted.add(intent);
  }

  @Override
  public void onRefused(Intent intent, ArbiterRefusedException refusal) {
    refused.add(intent);
  }

  @Override
  public void onVerdict(ClaimId claim, Verification verdict) {
    judged.add(claim);
  }

  @Override
  public void onRiskyReveal(ClaimId claim) {
    risky.add(claim);
  }

  @Override
  public void onDeclined(Object what, Decline why) {
    declined.add(why + " " + what);
  }

  @Override
  public void onFailure(Object what, Throwable failure) {
    failures.add(failure);
  }
}
