package dev.opml.vm.chat;

import dev.opml.api.inference.Tokenizer;
import java.util.Optional;

/**
 * Texts of a vocabulary's special tokens, for templates that write them.
 *
 * @param bos text of the token that begins a sequence; empty leaves {@code bos_token} undefined
 * @param eos text of the token that ends a sequence; empty leaves {@code eos_token} undefined
 */
public record ChatTokens(Optional<String> bos, Optional<String> eos) {
  /** A vocabulary without either token. */
  public static final ChatTokens NONE = new ChatTokens(Optional.empty(), Optional.empty());

  /** A vocabulary with both tokens. */
  public static ChatTokens of(String bos, String eos) {
    return new ChatTokens(Optional.of(bos), Optional.of(eos));
  }

  /** Those of a tokenizer's vocabulary. */
  public static ChatTokens of(Tokenizer tokenizer) {
    return new ChatTokens(
        name(tokenizer, tokenizer.beginOfSequence()), name(tokenizer, tokenizer.endOfSequence()));
  }

  private static Optional<String> name(Tokenizer tokenizer, int id) {
    return id < 0 ? Optional.empty() : Optional.of(tokenizer.name(id));
  }
}
