package dev.opml.dispute.chain;

/** Why a game ended. */
public enum GameEndReason {
  /** The arbiter executed the disputed instruction. */
  INSTRUCTION_EXECUTED,
  /** A clock ran out. */
  TIME_OUT,
  /** The claim was refuted in another game. */
  CLAIM_REFUTED
}
