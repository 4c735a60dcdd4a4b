package dev.opml.dispute.chain;

import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Subdivision;

/**
 * An account's connection to an arbiter. Each method that changes something is one transaction: it
 * returns when the transaction has taken effect, and throws {@link
 * dev.opml.dispute.ArbiterRefusedException} if it was refused, in which case nothing has changed.
 * Bonds and fees are taken from the account's balance. What {@link ArbiterReader} tells is as of
 * the latest block. Safe for use by many threads.
 */
public interface Arbiter extends ArbiterReader, ChainReader {
  /** The account whose transactions these are. */
  Address account();

  /** Registers a model, or announces one more place to find a registered one. Anybody may. */
  ModelId register(Registration registration, ModelSource source);

  /** Asks for an inference and locks the fee. */
  RequestId request(RequestTerms terms);

  /**
   * Makes a claim whose final root is still hidden, and locks the bond of the request's policy.
   *
   * @param output the claimed tokens, all inside the model's vocabulary
   */
  ClaimId seal(RequestId request, Seal seal, TokenIds output);

  /** Reveals a sealed claim; its proposer only, between delay and end of the reveal window. */
  void reveal(ClaimId claim, Reveal reveal);

  /** Burns the bond of a claim that was not revealed in time. Anybody may. */
  void expire(ClaimId claim);

  /**
   * Challenges a revealed claim, locks the deployment's bond of a challenger and makes the first
   * move.
   */
  GameId challenge(ClaimId claim, Opening opening);

  /**
   * Answers a subdivision; the player to move only.
   *
   * @param answered the segment that this is about, of the position whose hash the arbiter stores
   */
  void subdivide(OpenedSegment answered, Subdivision move);

  /** Opens the machine trace of the disputed node; the player to move only. */
  void openMachine(OpenedSegment answered, MachineOpening move);

  /** Lets the arbiter execute the disputed instruction, which ends the game. Anybody may. */
  void submitWitness(OpenedSegment answered, Witness witness);

  /** Ends a game whose player to move has run out of time. Anybody may. */
  void timeOut(PositionSummary stored);

  /**
   * Closes a game whose claim was refuted in another; the challenger gets its bond back and, up to
   * the game's quota, what is due for its moves. Anybody may.
   */
  void close(PositionSummary stored);

  /** Makes a revealed claim final whose challenge window and games have ended. Anybody may. */
  void settle(ClaimId claim);

  /**
   * Pays a final request's fee to the earliest-sealed claim with the final root, once all that were
   * sealed before it are decided. Anybody may.
   */
  void payFee(RequestId request);

  /** Credits the fee of a request back that nobody can answer any more. Anybody may. */
  void refund(RequestId request);

  /** Moves the account's credit to its balance; 0 is not an error. */
  Wei withdraw();

  @Override
  default Header head() {
    return head(Finality.LATEST);
  }

  /** What an account can withdraw. */
  default Wei credit(Address holder) {
    return funds(holder, head().hash()).credit();
  }

  /** Money that an account holds outside the arbiter. */
  default Wei balance(Address holder) {
    return funds(holder, head().hash()).balance();
  }
}
