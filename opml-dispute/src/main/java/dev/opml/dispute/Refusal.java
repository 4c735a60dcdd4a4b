package dev.opml.dispute;

/**
 * Why an arbiter refuses a transaction. Each is one rule; a contract has one custom error for each.
 */
public enum Refusal {
  /** The openings of a registration do not hash to its image root, or a region is not zero. */
  INVALID_REGISTRATION,
  /** The program is not on the deployment's list for this format version. */
  PROGRAM_NOT_ALLOWED,
  /** No such model was registered. */
  UNKNOWN_MODEL,
  /** The request does not fit the model's limits. */
  REQUEST_OUT_OF_LIMITS,
  /** The trace would be longer than 2^40 nodes. */
  TRACE_TOO_LONG,
  /** Running the request would take longer than the deployment allows. */
  TOO_MUCH_WORK,
  /** A window, deadline or bond is outside what the deployment allows. */
  POLICY_OUT_OF_RANGE,
  /** A fee or bond is more than 2^96 - 1 wei. */
  AMOUNT_OUT_OF_RANGE,
  /** The same request, claim or game exists already. */
  DUPLICATE,
  /** No such request exists. */
  UNKNOWN_REQUEST,
  /** The request is final or refunded. */
  REQUEST_CLOSED,
  /** Too late: the window has ended. */
  TOO_LATE,
  /** Too early: the window has not begun or has not ended. */
  TOO_EARLY,
  /** The output has more tokens than were asked for, none, or one outside the vocabulary. */
  OUTPUT_OUT_OF_LIMITS,
  /** No such claim exists. */
  UNKNOWN_CLAIM,
  /** The claim is not in the state that this transaction needs. */
  WRONG_CLAIM_STATUS,
  /** The revealed values are not those that were sealed. */
  SEAL_MISMATCH,
  /** The output does not open against the final root. */
  OUTPUT_NOT_IN_FINAL_ROOT,
  /** Something that must be decided first is still undecided. */
  STILL_UNDECIDED,
  /** The fee was paid or refunded already. */
  FEE_GONE,
  /** Only this claim's proposer, this game's players or this request's requester may do that. */
  NOT_YOURS,
  /** No such game exists. */
  UNKNOWN_GAME,
  /** The game has ended. */
  GAME_OVER,
  /** The claim that the game is about was refuted elsewhere. */
  CLAIM_REFUTED,
  /** The move answers another position than the stored one, or the position does not hash to it. */
  STALE_POSITION,
  /** It is the other player's turn. */
  NOT_YOUR_TURN,
  /** The clock of the player to move has run out. */
  CLOCK_EXPIRED,
  /** The clock of the player to move has not run out. */
  CLOCK_RUNNING,
  /** A segment is opened with more or less than its place in the subdivision needs. */
  WRONG_OPENING,
  /** This kind of move is not possible in this phase. */
  WRONG_PHASE,
  /** The challenger names another final root than the claim's. */
  WRONG_CLAIMED_ROOT,
  /** There is no such segment. */
  SEGMENT_OUT_OF_RANGE,
  /** The mover's own end is the same as the opponent's: nothing is disputed. */
  NOTHING_DISPUTED,
  /** The mover's end is not the one it has given before. */
  END_CHANGED,
  /** The number of interior commitments is not the one that the segment needs. */
  WRONG_SUBDIVISION,
  /** An end state does not contain the disputed root, or is no end: it runs on, or never ran. */
  WRONG_END_STATE,
  /** The witness does not open the agreed pre-state; the clock runs on. */
  INVALID_WITNESS,
  /** The account does not have enough money. */
  INSUFFICIENT_FUNDS,
  /**
   * None of the rules: a chain refused the transaction and does not say why, or it ran out of gas.
   * No contract has an error for this.
   */
  UNEXPLAINED
}
