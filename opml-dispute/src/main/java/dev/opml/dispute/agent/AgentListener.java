package dev.opml.dispute.agent;

import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.journal.Intent;

/**
 * Watches an agent. Called by one thread at a time, in order; the agent waits for a call to return,
 * but only for a second: a listener that blocks hears the rest later, the newest thousand of it. An
 * exception of a method is told to {@link #onFailure}, or lost if that throws; the agent goes on.
 */
public interface AgentListener {
  /** Nobody: failures, and games that will be lost, are logged, everything else is ignored. */
  AgentListener NONE = new AgentListener() {};

  /** A transaction took effect. */
  default void onAccepted(Intent intent) {}

  /** A transaction was refused; usually somebody else was faster, and the agent decides anew. */
  default void onRefused(Intent intent, ArbiterRefusedException refusal) {}

  /** A claim was checked. */
  default void onVerdict(ClaimId claim, Verification verdict) {}

  /**
   * The agent's trace does not support any move in a game in which it is to move: it will lose this
   * game. Logged, unless this is overridden.
   */
  default void onNoMove(GameId game) {
    FailureLog.noMove(game);
  }

  /**
   * The agent reveals a claim whose seal is not final, because the time for the reveal runs out
   * first: the chain finalizes nothing, or more slowly than the deployment's windows expect. Told
   * once for each claim. Logged, unless this is overridden.
   */
  default void onRiskyReveal(ClaimId claim) {
    FailureLog.riskyReveal(claim);
  }

  /**
   * The agent leaves something alone that it would otherwise do. Told once for each, not in every
   * round. Logged, unless this is overridden.
   *
   * @param what the request that it does not answer, or the claim that it does not check or
   *     challenge
   */
  default void onDeclined(Object what, Decline why) {
    FailureLog.declined(what, why);
  }

  /**
   * This listener was too slow, and was not told of the oldest that happened meanwhile. Logged,
   * unless this is overridden.
   *
   * @param calls number of calls that were left out, at least 1
   */
  default void onMissed(long calls) {
    FailureLog.missed(calls);
  }

  /**
   * Something failed and will be tried again, if there is still reason to. Logged, unless this is
   * overridden: an agent that fails without a word loses money without a word.
   *
   * @param what what failed: a request, claim, game, intent, trace, kind of {@link Work}, agent or
   *     listener, or the arbiter's identity if its chain could not be read
   * @param failure an exception or an error
   */
  default void onFailure(Object what, Throwable failure) {
    FailureLog.failure(what, failure);
  }
}
