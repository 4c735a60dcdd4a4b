package dev.opml.api;

import org.jspecify.annotations.Nullable;

/**
 * Root of all unchecked exceptions thrown by opML.
 *
 * <p>Each failure that a caller would handle differently has a subclass of its own, which carries the
 * facts as fields. Misuse by the caller is reported with the JDK's exceptions instead.
 */
public class OpmlException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message what failed, with expected and actual values where there are any
   */
  public OpmlException(String message) {
    super(message);
  }

  /**
   * Creates an exception with the failure that led to it.
   *
   * @param message what failed, with expected and actual values where there are any
   * @param cause the failure that led to this one, or null where there is none
   */
  public OpmlException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
