package dev.opml.merkle;

import dev.opml.api.OpmlException;

/** A sibling path is malformed, or does not lead where it should. */
public final class InvalidPathException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final long offset;

  /**
   * Creates the exception.
   *
   * @param message what is wrong
   * @param offset offset in bytes, from the start of the path, of what is wrong; 0 if it is the
   *     path as a whole
   */
  public InvalidPathException(String message, long offset) {
    super("invalid sibling path at byte " + offset + ": " + message);
    this.reason = message;
    this.offset = offset;
  }

  /** What is wrong, without the place. */
  public String reason() {
    return reason;
  }

  /** Offset in bytes, from the start of the path, of what is wrong. */
  public long offset() {
    return offset;
  }
}
