package dev.opml.api;

import org.jspecify.annotations.Nullable;

/** Root of the unchecked exceptions that opML throws for causes outside the caller's code. */
public class OpmlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names what failed and where. */
  public OpmlException(String message) {
    super(message);
  }

  /** Creates an exception with a message and the cause, if there is one. */
  public OpmlException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
