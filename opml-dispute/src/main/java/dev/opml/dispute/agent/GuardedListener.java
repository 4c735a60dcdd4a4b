package dev.opml.dispute.agent;

import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.journal.Intent;

/**
 * Tells a listener everything, and throws nothing: whoever watches must not keep an agent from its
 * work. What a call throws is told to {@link AgentListener#onFailure}; what that throws is lost.
 */
final class GuardedListener implements AgentListener {
  private final AgentListener listener;

  private GuardedListener(AgentListener listener) {
    this.listener = listener;
  }

  /** A guarded {@code listener}; the same one if it is guarded already. */
  static GuardedListener of(AgentListener listener) {
    return listener instanceof GuardedListener guarded ? guarded : new GuardedListener(listener);
  }

  @Override
  public void onAccepted(Intent intent) {
    try {
      listener.onAccepted(intent);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onRefused(Intent intent, ArbiterRefusedException refusal) {
    try {
      listener.onRefused(intent, refusal);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onVerdict(ClaimId claim, Verification verdict) {
    try {
      listener.onVerdict(claim, verdict);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onNoMove(GameId game) {
    try {
      listener.onNoMove(game);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onRiskyReveal(ClaimId claim) {
    try {
      listener.onRiskyReveal(claim);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onDeclined(Object what, Decline why) {
    try {
      listener.onDeclined(what, why);
    } catch (Throwable e) {
      onFailure(listener, e);
    }
  }

  @Override
  public void onFailure(Object what, Throwable failure) {
    try {
      listener.onFailure(what, failure);
    } catch (Throwable e) {
      // There is nobody left to tell, and with memory exhausted no way to.
    }
  }
}
