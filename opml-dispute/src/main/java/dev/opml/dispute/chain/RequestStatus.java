package dev.opml.dispute.chain;

/** Life of a request. */
public enum RequestStatus {
  /** Waits for a claim to become final. */
  OPEN,
  /** Has a final output. */
  FINAL,
  /** Ended without one; the fee went back. */
  REFUNDED
}
