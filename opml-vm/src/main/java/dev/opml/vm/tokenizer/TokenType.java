package dev.opml.vm.tokenizer;

/**
 * What a token of a SentencePiece vocabulary stands for, in the order of the numbers in GGUF, from
 * 1.
 */
enum TokenType {
  /** A piece of text. */
  NORMAL,
  /** Text that the vocabulary cannot spell. */
  UNKNOWN,
  /** No text: begin, end and the like. */
  CONTROL,
  /** A piece of text that is always one token. */
  USER_DEFINED,
  /** A piece that takes part in merges but is split again before output. */
  UNUSED,
  /** One byte, written {@code <0xXX>}. */
  BYTE;

  private static final TokenType[] BY_ID = values();

  static TokenType ofGguf(int tokenId, long number) {
    if (number < 1 || number > BY_ID.length) {
      throw new MalformedVocabularyException(tokenId, "type " + number + " is not in [1, 6]");
    }
    return BY_ID[(int) number - 1];
  }

  /** Whether text can spell this token. */
  boolean isText() {
    return this == NORMAL || this == USER_DEFINED || this == UNUSED;
  }
}
