package dev.opml.ethereum.rpc;

import java.io.IOException;

/** An endpoint answered with an HTTP status and nothing that could be read. */
final class HttpStatusException extends IOException {
  private static final long serialVersionUID = 1L;

  HttpStatusException(int status) {
    super("HTTP status " + status);
  }
}
