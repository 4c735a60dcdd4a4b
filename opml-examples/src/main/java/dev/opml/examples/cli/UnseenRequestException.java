package dev.opml.examples.cli;

import dev.opml.api.OpmlException;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.TransactionTimeoutException;

/** A request was sent, and not seen in a block. It may still get into one. */
final class UnseenRequestException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient RequestId request;
  private final TransactionTimeoutException timeout;

  UnseenRequestException(RequestId request, TransactionTimeoutException timeout) {
    super("request " + request + ": " + timeout.getMessage(), timeout);
    this.request = request;
    this.timeout = timeout;
  }

  RequestId request() {
    return request;
  }

  TransactionTimeoutException timeout() {
    return timeout;
  }
}
