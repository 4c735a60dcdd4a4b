package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;
import dev.opml.dispute.TransactionHash;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A transaction was not included for too long. It may still be. */
public class TransactionTimeoutException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient TransactionHash transaction;
  private final Duration waited;

  /**
   * Creates the exception.
   *
   * @param failure what sending it, or the last look, threw; null if nothing
   */
  public TransactionTimeoutException(
      TransactionHash transaction, Duration waited, @Nullable OpmlException failure) {
    super(
        "transaction %s was in no block after %s, and may still get into one%s"
            .formatted(transaction, waited, failure == null ? "" : ": " + failure.getMessage()),
        failure);
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
