package dev.opml.dispute.journal;

/** Kinds of transactions that an agent is about to send. */
public enum IntentKind {
  /** Seal a claim; the target is the claim. */
  SEAL,
  /** Reveal a claim; the target is the claim. */
  REVEAL,
  /** Expire a claim; the target is the claim. */
  EXPIRE,
  /** Challenge a claim; the target is the game. */
  CHALLENGE,
  /** Make a move; the target is the game. */
  MOVE,
  /** End a game by time-out; the target is the game. */
  TIME_OUT,
  /** Close a game whose claim is refuted; the target is the game. */
  CLOSE,
  /** Settle a claim; the target is the claim. */
  SETTLE,
  /** Pay a fee; the target is the request. */
  PAY_FEE,
  /** Withdraw credit; there is no target. */
  WITHDRAW
}
