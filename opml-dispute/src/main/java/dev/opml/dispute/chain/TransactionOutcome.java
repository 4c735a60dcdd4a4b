package dev.opml.dispute.chain;

import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.TransactionHash;

/** Outcome of a transaction, as far as an endpoint knows. A reorganisation may change it. */
public sealed interface TransactionOutcome {
  /** It waits to be included. */
  record Pending() implements TransactionOutcome {}

  /** It took effect. */
  record Included(Receipt receipt) implements TransactionOutcome {}

  /** It was included and refused, so that it changed nothing but its sender's balance. */
  record Reverted(ArbiterRefusedException refusal, Receipt receipt) implements TransactionOutcome {}

  /** Another transaction with its nonce was included, so that it never can be. */
  record Replaced(TransactionHash by) implements TransactionOutcome {}

  /** The endpoint does not know it: it was dropped, never arrived, or is only known elsewhere. */
  record Unknown() implements TransactionOutcome {}
}
