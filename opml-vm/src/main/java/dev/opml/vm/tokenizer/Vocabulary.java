package dev.opml.vm.tokenizer;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.Arrays;

/**
 * The tokens of a SentencePiece vocabulary by id: text in one array, type, and rank of the score.
 * Immutable.
 */
final class Vocabulary {
  /** Longest token in bytes. It bounds the cost of looking up a piece of text. */
  static final int MAX_TOKEN_BYTES = 1 << 10;

  /** Largest sum of all tokens in bytes. */
  static final int MAX_BYTES = 1 << 28;

  private final byte[] texts;

  /** Where each token's text starts in {@link #texts}; one more for the end. */
  private final int[] starts;

  private final TokenType[] types;
  private final int[] ranks;

  private Vocabulary(byte[] texts, int[] starts, TokenType[] types, int[] ranks) {
    this.texts = texts;
    this.starts = starts;
    this.types = types;
    this.ranks = ranks;
  }

  static Vocabulary of(GgufMetadata metadata) {
    GgufArray.Texts tokens = metadata.requireTexts("tokenizer.ggml.tokens");
    GgufArray.Reals scores = metadata.requireReals("tokenizer.ggml.scores");
    GgufArray.Ints typeNumbers = metadata.requireInts("tokenizer.ggml.token_type");
    int size = tokens.size();
    if (size == 0 || scores.size() != size || typeNumbers.size() != size) {
      throw new MalformedVocabularyException(
          -1, "%d tokens, %d scores, %d types".formatted(size, scores.size(), typeNumbers.size()));
    }
    TokenType[] types = new TokenType[size];
    for (int id = 0; id < size; id++) {
      types[id] = TokenType.ofGguf(id, typeNumbers.get(id));
    }
    int[] starts = starts(tokens);
    byte[] texts = new byte[starts[size]];
    for (int id = 0; id < size; id++) {
      System.arraycopy(tokens.bytes(id), 0, texts, starts[id], starts[id + 1] - starts[id]);
    }
    return new Vocabulary(texts, starts, types, ranks(scores));
  }

  private static int[] starts(GgufArray.Texts tokens) {
    int[] starts = new int[tokens.size() + 1];
    for (int id = 0; id < tokens.size(); id++) {
      int length = tokens.byteLength(id);
      if (length > MAX_TOKEN_BYTES) {
        throw new LimitExceededException("tokenBytes (token " + id + ")", MAX_TOKEN_BYTES, length);
      }
      starts[id + 1] = starts[id] + length;
      if (starts[id + 1] > MAX_BYTES) {
        throw new LimitExceededException("vocabularyBytes", MAX_BYTES, starts[id + 1]);
      }
    }
    return starts;
  }

  /** Dense ranks: 0 for the highest score, the same for equal scores. */
  private static int[] ranks(GgufArray.Reals scores) {
    float[] negated = new float[scores.size()];
    for (int id = 0; id < negated.length; id++) {
      negated[id] = 0f - (float) scores.get(id); // never -0, which would rank unlike +0
    }
    float[] distinct = negated.clone();
    Arrays.sort(distinct);
    int count = 0;
    for (float score : distinct) {
      if (count == 0 || Float.compare(distinct[count - 1], score) != 0) {
        distinct[count++] = score;
      }
    }
    int[] ranks = new int[negated.length];
    for (int id = 0; id < ranks.length; id++) {
      ranks[id] = Arrays.binarySearch(distinct, 0, count, negated[id]);
    }
    return ranks;
  }

  int size() {
    return types.length;
  }

  TokenType type(int id) {
    return types[id];
  }

  /** Place of the token's score among all scores, from 0 for the highest. */
  int rank(int id) {
    return ranks[id];
  }

  /** Length of the token's text in bytes. */
  int byteLength(int id) {
    return starts[id + 1] - starts[id];
  }

  /** A new array of the token's text in UTF-8, spaces written as U+2581. */
  byte[] text(int id) {
    return Arrays.copyOfRange(texts, starts[id], starts[id + 1]);
  }

  /** Whether the token's text is {@code bytes[from, to)}. */
  boolean textEquals(int id, byte[] bytes, int from, int to) {
    return Arrays.equals(texts, starts[id], starts[id + 1], bytes, from, to);
  }
}
