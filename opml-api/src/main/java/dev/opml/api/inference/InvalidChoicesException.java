package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/** Answer choices that do not say unambiguously what may be answered. */
public class InvalidChoicesException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names the choice, by its number from 0. */
  public InvalidChoicesException(String message) {
    super(message);
  }
}
