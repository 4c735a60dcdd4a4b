package dev.opml.dispute.chain;

/** Life of a game. */
public enum GameStatus {
  /** Is being played. */
  OPEN,
  /** The claim withstood this challenge. */
  PROPOSER_WON,
  /** The claim was refuted. */
  CHALLENGER_WON,
  /** Ended because the claim was refuted in another game. */
  CLOSED
}
