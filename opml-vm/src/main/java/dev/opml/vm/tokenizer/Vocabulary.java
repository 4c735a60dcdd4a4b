package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.Optional;

/** The tokens of a vocabulary by id: how the file writes them, and their kinds. Immutable. */
final class Vocabulary {
  private static final TokenKind[] BY_NUMBER = {
    TokenKind.NORMAL,
    TokenKind.UNKNOWN,
    TokenKind.CONTROL,
    TokenKind.USER_DEFINED,
    TokenKind.UNUSED,
    TokenKind.BYTE
  };

  private final TokenTexts texts;
  private final TokenKind[] kinds;

  private Vocabulary(TokenTexts texts, TokenKind[] kinds) {
    this.texts = texts;
    this.kinds = kinds;
  }

  /** Reads the tokens of a file, which are all normal if it has no kinds. */
  static Vocabulary of(GgufMetadata metadata) {
    GgufArray.Texts tokens = metadata.requireTexts("tokenizer.ggml.tokens");
    Optional<GgufArray.Ints> numbers = metadata.optionalInts("tokenizer.ggml.token_type");
    int size = tokens.size();
    if (size == 0 || numbers.map(GgufArray::size).orElse(size) != size) {
      throw new MalformedVocabularyException(
          -1, "%d tokens, %d types".formatted(size, numbers.map(GgufArray::size).orElse(0)));
    }
    TokenKind[] kinds = new TokenKind[size];
    Arrays.fill(kinds, TokenKind.NORMAL);
    for (int id = 0; numbers.isPresent() && id < size; id++) {
      kinds[id] = kind(id, numbers.get().get(id));
    }
    return new Vocabulary(TokenTexts.of(tokens), kinds);
  }

  private static TokenKind kind(int id, long number) {
    if (number < 1 || number > BY_NUMBER.length) {
      throw new MalformedVocabularyException(
          id, "type " + number + " is not in [1, " + BY_NUMBER.length + "]");
    }
    return BY_NUMBER[(int) number - 1];
  }

  /** The same tokens with other kinds. */
  Vocabulary withKinds(TokenKind[] other) {
    return new Vocabulary(texts, other.clone());
  }

  /** A new array of the kinds. */
  TokenKind[] kinds() {
    return kinds.clone();
  }

  int size() {
    return kinds.length;
  }

  TokenKind kind(int id) {
    return kinds[id];
  }

  /** The tokens as the file writes them. */
  TokenTexts texts() {
    return texts;
  }
}
