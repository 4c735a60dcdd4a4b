package dev.opml.dispute.agent;

import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.journal.Intent;
import java.time.Duration;

/**
 * Tells a listener everything, in order, and throws nothing: whoever watches must not keep an agent
 * from its work. Waits for a listener for a while only; one that takes longer hears the rest later,
 * on a thread of its own. What a call throws is told to {@link AgentListener#onFailure}; what that
 * throws is lost.
 */
final class GuardedListener implements AgentListener {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final AgentListener listener;
  private final Deliveries deliveries;

  private GuardedListener(AgentListener listener) {
    this.listener = listener;
    this.deliveries = new Deliveries(PATIENCE, calls -> call(() -> listener.onMissed(calls)));
  }

  /** A guarded {@code listener}; the same one if it is guarded already. */
  static GuardedListener of(AgentListener listener) {
    return listener instanceof GuardedListener guarded ? guarded : new GuardedListener(listener);
  }

  private void tell(Runnable event) {
    try {
      deliveries.give(() -> call(event));
    } catch (Throwable e) {
      // Memory is exhausted, perhaps, and there is no way to tell.
    }
  }

  private void call(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      callOnFailure(listener, e);
    }
  }

  private void callOnFailure(Object what, Throwable failure) {
    try {
      listener.onFailure(what, failure);
    } catch (Throwable e) {
      // There is nobody left to tell, and with memory exhausted no way to.
    }
  }

  @Override
  public void onAccepted(Intent intent) {
    tell(() -> listener.onAccepted(intent));
  }

  @Override
  public void onRefused(Intent intent, ArbiterRefusedException refusal) {
    tell(() -> listener.onRefused(intent, refusal));
  }

  @Override
  public void onVerdict(ClaimId claim, Verification verdict) {
    tell(() -> listener.onVerdict(claim, verdict));
  }

  @Override
  public void onNoMove(GameId game) {
    tell(() -> listener.onNoMove(game));
  }

  @Override
  public void onRiskyReveal(ClaimId claim) {
    tell(() -> listener.onRiskyReveal(claim));
  }

  @Override
  public void onDeclined(Object what, Decline why) {
    tell(() -> listener.onDeclined(what, why));
  }

  @Override
  public void onMissed(long calls) {
    tell(() -> listener.onMissed(calls));
  }

  @Override
  public void onFailure(Object what, Throwable failure) {
    try {
      deliveries.give(() -> callOnFailure(what, failure));
    } catch (Throwable e) {
      // As above.
    }
  }
}
