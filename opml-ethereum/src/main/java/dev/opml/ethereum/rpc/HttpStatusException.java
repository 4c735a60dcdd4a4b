package dev.opml.ethereum.rpc;

import java.io.IOException;

/** An endpoint answered with an HTTP status and nothing that could be read. */
final class HttpStatusException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final int TOO_MANY_REQUESTS = 429;

  private final int status;

  HttpStatusException(int status) {
    super("HTTP status " + status);
    this.status = status;
  }

  /** Whether the same may be answered later. */
  boolean saysTooManyRequests() {
    return status == TOO_MANY_REQUESTS;
  }
}
