package dev.opml.vm.tokenizer;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.gguf.GgufArray;
import java.util.Arrays;
import java.util.function.IntFunction;

/** The texts of tokens by id, in one array. Immutable. */
final class TokenTexts {
  /** Longest token in bytes. It bounds the cost of looking up a piece of text. */
  static final int MAX_TOKEN_BYTES = 1 << 10;

  /** Largest sum of all tokens in bytes. */
  static final int MAX_BYTES = 1 << 28;

  private final byte[] texts;

  /** The start of each token's text in {@link #texts}; one more for the end. */
  private final int[] starts;

  private TokenTexts(byte[] texts, int[] starts) {
    this.texts = texts;
    this.starts = starts;
  }

  /**
   * Copies the tokens of a file.
   *
   * @throws LimitExceededException if one is too long, or all are
   */
  static TokenTexts of(GgufArray.Texts tokens) {
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
    return of(starts, tokens::bytes);
  }

  /** The texts {@code change} makes of these, by id; none may be longer than it was. */
  TokenTexts map(IntFunction<byte[]> change) {
    int[] changedStarts = new int[starts.length];
    byte[][] changed = new byte[size()][];
    for (int id = 0; id < changed.length; id++) {
      changed[id] = change.apply(id);
      changedStarts[id + 1] = changedStarts[id] + changed[id].length;
    }
    return of(changedStarts, id -> changed[id]);
  }

  private static TokenTexts of(int[] starts, IntFunction<byte[]> text) {
    int size = starts.length - 1;
    byte[] texts = new byte[starts[size]];
    for (int id = 0; id < size; id++) {
      System.arraycopy(text.apply(id), 0, texts, starts[id], starts[id + 1] - starts[id]);
    }
    return new TokenTexts(texts, starts);
  }

  /** Number of tokens. */
  int size() {
    return starts.length - 1;
  }

  /** Length of the token's text in bytes. */
  int byteLength(int id) {
    return starts[id + 1] - starts[id];
  }

  /** A new array of the token's text in UTF-8. */
  byte[] get(int id) {
    return Arrays.copyOfRange(texts, starts[id], starts[id + 1]);
  }

  /** Whether the token's text is {@code bytes[from, to)}. */
  boolean equals(int id, byte[] bytes, int from, int to) {
    return Arrays.equals(texts, starts[id], starts[id + 1], bytes, from, to);
  }
}
