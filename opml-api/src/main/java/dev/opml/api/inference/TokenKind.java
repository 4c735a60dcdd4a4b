package dev.opml.api.inference;

/** The kinds of tokens, by what they stand for. */
public enum TokenKind {
  /** A piece of text. */
  NORMAL,
  /** Text that the vocabulary cannot spell. */
  UNKNOWN,
  /** No text: a beginning, an end, a role and the like. */
  CONTROL,
  /** A piece of text that is always one token. */
  USER_DEFINED,
  /** A piece of text that no training text has. */
  UNUSED,
  /** One byte of text. */
  BYTE;

  /** Whether text can spell a token of this kind, other than by its name. */
  public boolean isText() {
    return this == NORMAL || this == USER_DEFINED || this == UNUSED;
  }
}
