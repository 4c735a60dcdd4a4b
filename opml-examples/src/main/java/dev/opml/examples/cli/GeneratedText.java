package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.MissingTokenizerException;
import dev.opml.api.inference.Tokenizer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The text of a generation as its tokens come: what it adds to the prompt's text. Not thread-safe.
 */
final class GeneratedText {
  /** Null: ids are shown instead of their text. */
  private final @Nullable Tokenizer tokenizer;

  private final Utf8Stream utf8 = new Utf8Stream();
  private final StringBuilder whole = new StringBuilder();
  private boolean atBeginning;

  GeneratedText(@Nullable Tokenizer tokenizer, TokenIds prompt) {
    this.tokenizer = tokenizer;
    this.atBeginning =
        tokenizer != null && prompt.stream().allMatch(id -> tokenizer.pieceBytes(id).length == 0);
  }

  /** A text that continues {@code prompt}; its ids, if opML has not the model's tokenizer. */
  static GeneratedText after(Executor executor, TokenIds prompt) {
    return new GeneratedText(tokenizer(executor), prompt);
  }

  private static @Nullable Tokenizer tokenizer(Executor executor) {
    try {
      return executor.tokenizer();
    } catch (MissingTokenizerException e) {
      return null;
    }
  }

  /** The whole text of {@code output} after {@code prompt}, if opML has the model's tokenizer. */
  static Optional<String> of(Executor executor, TokenIds prompt, TokenIds output) {
    return Optional.ofNullable(tokenizer(executor)).map(it -> of(it, prompt, output));
  }

  /** The whole text of {@code output} after {@code prompt}. */
  static String of(Tokenizer tokenizer, TokenIds prompt, TokenIds output) {
    GeneratedText text = new GeneratedText(tokenizer, prompt);
    output.stream().forEach(text::push);
    text.end();
    return text.whole();
  }

  /** Whether this is a text, and not a list of ids. */
  boolean isText() {
    return tokenizer != null;
  }

  /** Takes a token and returns the characters that are whole now. */
  String push(int tokenId) {
    return tokenizer == null
        ? tokenId + " "
        : append(tokenizer, utf8.push(tokenizer.pieceBytes(tokenId)), tokenId);
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

  private String append(Tokenizer tokenizer, String text, int tokenId) {
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
