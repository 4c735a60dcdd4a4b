package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/** A prompt that is not what the model reads: text for a network on bytes, or too few bytes. */
public class UnsuitablePromptException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names what the model reads, and what the prompt is. */
  public UnsuitablePromptException(String message) {
    super(message);
  }
}
