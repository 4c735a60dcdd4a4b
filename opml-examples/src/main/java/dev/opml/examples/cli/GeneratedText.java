package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;

/**
 * The text of a generation as its tokens come: what it adds to the prompt's text. Not thread-safe.
 */
final class GeneratedText {
  private final Tokenizer tokenizer;
  private final Utf8Stream utf8 = new Utf8Stream();
  private final StringBuilder whole = new StringBuilder();
  private boolean atBeginning;

  /** A text that continues {@code prompt}. */
  GeneratedText(Tokenizer tokenizer, TokenIds prompt) {
    this.tokenizer = tokenizer;
    this.atBeginning = prompt.stream().allMatch(id -> tokenizer.pieceBytes(id).length == 0);
  }

  /** The whole text of {@code output} after {@code prompt}. */
  static String of(Tokenizer tokenizer, TokenIds prompt, TokenIds output) {
    GeneratedText text = new GeneratedText(tokenizer, prompt);
    output.stream().forEach(text::push);
    text.end();
    return text.whole();
  }

  /** Takes a token and returns the characters that are whole now. */
  String push(int tokenId) {
    return append(utf8.push(tokenizer.pieceBytes(tokenId)), tokenId);
  }

  /** Ends the text and returns what was held back. */
  String end() {
    String rest = utf8.end();
    whole.append(rest);
    return rest;
  }

  /** Everything so far. */
  String whole() {
    return whole.toString();
  }

  private String append(String text, int tokenId) {
    if (atBeginning && !text.isEmpty()) {
      atBeginning = false;
      // The space that the encoder puts before a text is not part of it.
      boolean encodersSpace =
          text.startsWith(" ") && !tokenizer.decode(TokenIds.of(tokenId)).startsWith(" ");
      text = encodersSpace ? text.substring(1) : text;
    }
    whole.append(text);
    return text;
  }
}
