package dev.opml.dispute.agent;

import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.journal.Intent;

/**
 * Watches an agent. Called on the agent's threads. What a method throws is told to {@link
 * #onFailure}, or lost if that throws; the agent goes on.
 */
public interface AgentListener {
  /** Ignores everything. */
  AgentListener NONE = new AgentListener() {};

  /** A transaction took effect. */
  default void onAccepted(Intent intent) {}

  /** A transaction was refused; usually somebody else was faster, and the agent decides anew. */
  default void onRefused(Intent intent, ArbiterRefusedException refusal) {}

  /** A claim was checked. */
  default void onVerdict(ClaimId claim, Verification verdict) {}

  /**
   * The agent's trace does not support any move in a game in which it is to move: it will lose this
   * game.
   */
  default void onNoMove(GameId game) {}

  /**
   * Something failed and will be tried again, if there is still reason to.
   *
   * @param what what failed: a request, claim, game, intent, trace, agent or listener
   * @param failure an exception or an error
   */
  default void onFailure(Object what, Throwable failure) {}
}
