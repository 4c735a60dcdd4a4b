package dev.opml.dispute.chain;

import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Subdivision;

/** The content of a transaction: one call of an arbiter, with all that it needs. */
public sealed interface ArbiterCall {
  /** Registers a model, or announces one more place to find a registered one. Anybody may. */
  record Register(Registration registration, ModelSource source) implements ArbiterCall {}

  /** Asks for an inference and locks the fee. */
  record Request(RequestTerms terms) implements ArbiterCall {}

  /**
   * Makes a claim whose final root is still hidden, and locks the bond of the request's policy.
   *
   * @param output the claimed tokens, all inside the model's vocabulary
   */
  record SealClaim(RequestId request, Seal seal, TokenIds output) implements ArbiterCall {}

  /** Reveals a sealed claim; its proposer only, between delay and end of the reveal window. */
  record RevealClaim(ClaimId claim, Reveal reveal) implements ArbiterCall {}

  /** Burns the bond of a claim that was not revealed in time. Anybody may. */
  record Expire(ClaimId claim) implements ArbiterCall {}

  /**
   * Challenges a revealed claim, locks the deployment's bond of a challenger and makes the first
   * move.
   */
  record Challenge(ClaimId claim, Opening opening) implements ArbiterCall {}

  /**
   * Answers a subdivision; the player to move only.
   *
   * @param answered the segment that this is about, of the position whose hash the arbiter stores
   */
  record Subdivide(OpenedSegment answered, Subdivision move) implements ArbiterCall {}

  /** Opens the machine trace of the disputed node; the player to move only. */
  record OpenMachine(OpenedSegment answered, MachineOpening move) implements ArbiterCall {}

  /** Lets the arbiter execute the disputed instruction, which ends the game. Anybody may. */
  record SubmitWitness(OpenedSegment answered, Witness witness) implements ArbiterCall {}

  /**
   * Answers a subdivision by a single instruction, and lets the arbiter execute it; the player to
   * move only. The same as {@link Subdivide} and {@link SubmitWitness} in one block.
   *
   * @param answered the segment that this is about, of the position whose hash the arbiter stores
   */
  record Prove(OpenedSegment answered, Subdivision move, Witness witness) implements ArbiterCall {}

  /** Ends a game whose player to move has run out of time. Anybody may. */
  record TimeOut(PositionSummary stored) implements ArbiterCall {}

  /**
   * Closes a game whose claim was refuted in another; the challenger gets its bond back and, up to
   * the game's quota, what is due for its moves. Anybody may.
   */
  record Close(PositionSummary stored) implements ArbiterCall {}

  /** Makes a revealed claim final whose challenge window and games have ended. Anybody may. */
  record Settle(ClaimId claim) implements ArbiterCall {}

  /**
   * Pays a final request's fee to the earliest-sealed claim with the final root, once all that were
   * sealed before it are decided. Anybody may.
   */
  record PayFee(RequestId request) implements ArbiterCall {}

  /** Credits the fee of a request back that nobody can answer any more. Anybody may. */
  record Refund(RequestId request) implements ArbiterCall {}

  /** Moves the sender's credit to its balance; 0 is not an error. */
  record Withdraw() implements ArbiterCall {}
}
