package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Detokenizer;
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
  private final @Nullable Detokenizer detokenizer;

  private final StringBuilder whole = new StringBuilder();

  /** A text that continues {@code prompt}. */
  GeneratedText(@Nullable Tokenizer tokenizer, TokenIds prompt) {
    this.detokenizer = tokenizer == null ? null : new Detokenizer(tokenizer, prompt);
  }

  /** A text that continues {@code prompt}; its ids, if opML has not the model's tokenizer. */
  static GeneratedText after(Executor executor, TokenIds prompt) {
    return new GeneratedText(tokenizer(executor).orElse(null), prompt);
  }

  private static Optional<Tokenizer> tokenizer(Executor executor) {
    try {
      return Optional.of(executor.tokenizer());
    } catch (MissingTokenizerException e) {
      return Optional.empty();
    }
  }

  /** The whole text of {@code output} after {@code prompt}, if opML has the model's tokenizer. */
  static Optional<String> of(Executor executor, TokenIds prompt, TokenIds output) {
    return tokenizer(executor).map(it -> of(it, prompt, output));
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
    return detokenizer != null;
  }

  /** Takes a token and returns the characters that are whole now. */
  String push(int tokenId) {
    return append(detokenizer == null ? tokenId + " " : detokenizer.push(tokenId));
  }

  /** Ends the text and returns what was held back. */
  String end() {
    return append(detokenizer == null ? "" : detokenizer.end());
  }

  /** Everything so far. */
  String whole() {
    return whole.toString();
  }

  private String append(String text) {
    whole.append(text);
    return text;
  }
}
