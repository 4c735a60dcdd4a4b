package dev.opml.dispute.chain;

/** Life of a claim. */
public enum ClaimStatus {
  /** The final root is still hidden. */
  SEALED,
  /** Can be challenged, or waits for its games. */
  REVEALED,
  /** Survived. */
  FINAL,
  /** Lost a game. */
  REFUTED,
  /** Was not revealed in time; its bond is burnt. */
  EXPIRED;

  /** Whether the claim may still become final. */
  public boolean alive() {
    return this == SEALED || this == REVEALED;
  }
}
