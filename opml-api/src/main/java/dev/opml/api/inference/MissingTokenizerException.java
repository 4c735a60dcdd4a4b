package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/** A model has no tokenizer, or one that is not supported: it reads and writes token ids only. */
public class MissingTokenizerException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the reason. */
  public MissingTokenizerException(OpmlException reason) {
    super("the model reads token ids only: " + reason.getMessage(), reason);
  }
}
