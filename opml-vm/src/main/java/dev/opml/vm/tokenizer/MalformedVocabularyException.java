package dev.opml.vm.tokenizer;

import dev.opml.api.OpmlException;

/** The vocabulary of a model contradicts itself, or cannot encode every text. */
public class MalformedVocabularyException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final int tokenId;

  /**
   * Creates the exception.
   *
   * @param tokenId the offending token, or -1 if it is none in particular
   * @param problem what is wrong
   */
  public MalformedVocabularyException(int tokenId, String problem) {
    super(tokenId < 0 ? problem : "token " + tokenId + ": " + problem);
    this.tokenId = tokenId;
  }

  /** The offending token, or -1 if it is none in particular. */
  public int tokenId() {
    return tokenId;
  }
}
