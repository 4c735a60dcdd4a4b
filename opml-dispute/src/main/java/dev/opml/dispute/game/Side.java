package dev.opml.dispute.game;

/** The two players of a game. */
public enum Side {
  /** Made the claim. */
  PROPOSER,
  /** Disputes it. */
  CHALLENGER;

  /** The opponent. */
  public Side other() {
    return this == PROPOSER ? CHALLENGER : PROPOSER;
  }
}
