package dev.opml.dispute.journal;

/** Outcome of an intent. */
public enum Outcome {
  /** The transaction took effect. */
  ACCEPTED,
  /** The arbiter refused it. */
  REFUSED,
  /** The outcome of its transaction is not known, but the chain shows its effect. */
  FOUND_APPLIED,
  /**
   * Its transaction was not sent, will not be included, or is not known, and the chain does not
   * show its effect; if it is still right, the agent decides on it anew.
   */
  FOUND_MISSING
}
