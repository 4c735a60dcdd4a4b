package dev.opml.dispute.journal;

/** What became of an intent. */
public enum Outcome {
  /** The transaction took effect. */
  ACCEPTED,
  /** The arbiter refused it. */
  REFUSED,
  /**
   * Sending failed in another way, so it may or may not have taken effect; the agent looks at the
   * chain.
   */
  FAILED,
  /** After a crash, or if the outcome could not be written: the chain shows its effect. */
  FOUND_APPLIED,
  /**
   * After a crash, or if the outcome could not be written: the chain does not show its effect; if
   * it is still right, the agent decides on it anew.
   */
  FOUND_MISSING
}
