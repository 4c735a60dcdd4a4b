package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;
import dev.opml.dispute.TransactionHash;
import java.time.Duration;

/** A transaction was not included for too long. It may still be. */
public class TransactionTimeoutException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient TransactionHash transaction;
  private final Duration waited;

  /** Creates the exception. */
  public TransactionTimeoutException(TransactionHash transaction, Duration waited) {
    super("transaction " + transaction + " was not included within " + waited);
    this.transaction = transaction;
    this.waited = waited;
  }

  /** The transaction. */
  public TransactionHash transaction() {
    return transaction;
  }

  /** The time that it was waited for. */
  public Duration waited() {
    return waited;
  }
}
