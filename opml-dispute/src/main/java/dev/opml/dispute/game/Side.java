package dev.opml.dispute.game;

/** The two players of a game. The code is what a position's encoding holds. */
public enum Side {
  /** Made the claim. */
  PROPOSER(0),
  /** Disputes it. */
  CHALLENGER(1);

  private final int code;

  Side(int code) {
    this.code = code;
  }

  /** Value in a position's encoding. */
  public int code() {
    return code;
  }

  /** The opponent. */
  public Side other() {
    return this == PROPOSER ? CHALLENGER : PROPOSER;
  }
}
