package dev.opml.api.inference;

import dev.opml.api.TokenIds;

/** Text to token ids and back. Immutable and safe for use by many threads. */
public interface Tokenizer {
  /**
   * Encodes text as a model's prompt: with the beginning-of-sequence token if the model adds one.
   * Text that looks like a control token is text.
   */
  TokenIds encodePrompt(String text);

  /** Encodes text without adding any token. */
  TokenIds encode(String text);

  /** Decodes ids to text; malformed UTF-8 becomes U+FFFD; control tokens are left out. */
  String decode(TokenIds ids);

  /**
   * The UTF-8 bytes of one token, which may be part of a character. A stream of tokens decodes as
   * the concatenation of their bytes, less the space that the encoder puts before the text.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in the vocabulary
   */
  byte[] pieceBytes(int id);

  /** The id of the beginning-of-sequence token, or -1. */
  int beginOfSequence();

  /** Number of tokens. */
  int vocabularySize();
}
