package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;
import dev.opml.dispute.TransactionHash;

/** Another transaction of the same account took a transaction's nonce. */
public class TransactionReplacedException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient TransactionHash replaced;
  private final transient TransactionHash by;

  /** Creates the exception. */
  public TransactionReplacedException(TransactionHash replaced, TransactionHash by) {
    super("transaction " + replaced + " was replaced by " + by);
    this.replaced = replaced;
    this.by = by;
  }

  /** The transaction that can never be included. */
  public TransactionHash replaced() {
    return replaced;
  }

  /** The one that was included instead. */
  public TransactionHash by() {
    return by;
  }
}
