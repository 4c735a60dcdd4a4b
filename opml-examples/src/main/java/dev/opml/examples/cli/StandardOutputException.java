package dev.opml.examples.cli;

import java.io.IOException;
import java.util.Objects;

/** Standard output cannot be written. */
final class StandardOutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StandardOutputException(IOException cause) {
    super(cause.getMessage(), cause);
  }

  /** Whether nobody reads it any more. */
  boolean pipeClosed() {
    return Objects.equals(getMessage(), "Broken pipe"); // the JVM has no type for it
  }
}
