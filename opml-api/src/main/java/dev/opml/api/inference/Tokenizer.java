package dev.opml.api.inference;

import dev.opml.api.TokenIds;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Text to token ids and back. Immutable and safe for use by many threads. Ids are from 0; a method
 * that takes one throws {@link IndexOutOfBoundsException} if it is not in the vocabulary.
 */
public interface Tokenizer {
  /**
   * Encodes text. Unpaired surrogates are encoded as U+FFFD. User-defined tokens are found in the
   * text under all rules.
   *
   * @throws dev.opml.api.LimitExceededException if the text is unreasonably long
   */
  TokenIds encode(String text, Encoding encoding);

  /** Encodes text without adding any token. Text that looks like a control token is text. */
  default TokenIds encode(String text) {
    return encode(text, Encoding.TEXT);
  }

  /**
   * Encodes text as a model's prompt: with the tokens that the model adds at the beginning and at
   * the end. Text that looks like a control token is text.
   */
  default TokenIds encodePrompt(String text) {
    return encode(text, Encoding.PROMPT);
  }

  /**
   * Decodes ids to text; malformed UTF-8 becomes U+FFFD; control tokens are left out, and so is the
   * space that the encoder puts before a text. See {@link Detokenizer} for ids that come one by
   * one.
   */
  String decode(TokenIds ids);

  /**
   * A new array of the UTF-8 bytes of one token, which may be part of a character; empty for a
   * control token. A stream of tokens decodes as the concatenation of their bytes, less the space
   * that the encoder puts before the text.
   */
  byte[] pieceBytes(int id);

  /** Whether the encoder puts a space before a text, which {@link #decode} leaves out. */
  boolean addsSpace();

  /** The token that the vocabulary writes as {@code name}, for instance {@code <|im_end|>}. */
  OptionalInt find(String name);

  /** A token as the vocabulary writes it. */
  String name(int id);

  /** The kind of a token. */
  TokenKind kind(int id);

  /** The id of the beginning-of-sequence token, or -1. */
  int beginOfSequence();

  /** The id of the end-of-sequence token, or -1. */
  int endOfSequence();

  /** The id of the token that ends a turn of a conversation, or -1. */
  int endOfTurn();

  /**
   * The tokens after which a generation is over: the end of a sequence, of a turn, of a message,
   * and others that models use for it. Unmodifiable, in ascending order.
   */
  Set<Integer> endsOfGeneration();

  /** Number of tokens. */
  int vocabularySize();
}
