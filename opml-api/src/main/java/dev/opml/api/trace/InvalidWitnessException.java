package dev.opml.api.trace;

import dev.opml.api.OpmlException;

/** A witness is malformed or does not open the pre-state it is for. */
public class InvalidWitnessException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * Creates the exception.
   *
   * @param message what is wrong
   * @param offset offset in bytes of the field of the witness that is wrong
   */
  public InvalidWitnessException(String message, long offset) {
    super("invalid witness at byte " + offset + ": " + message);
    this.offset = offset;
  }

  /** Offset in bytes of the field that is wrong. */
  public long offset() {
    return offset;
  }
}
