package dev.opml.dispute.chain;

/** Certainty that a block stays. */
public enum Finality {
  /** The newest block: may be replaced at any time. */
  LATEST,
  /** Is not replaced as long as the network works as it usually does. */
  SAFE,
  /** Is never replaced, unless the chain breaks its own promise. */
  FINALIZED
}
