package dev.opml.benchmarks.synthetic;

import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece vocabulary of invented words: three special tokens, 256 bytes, the printable
 * ASCII characters, then words of two letters and more, each with and without the mark of a space
 * before it. Every beginning of a word is itself a word, so that text can be merged into the long
 * ones. Immutable.
 */
final class SentencePieceVocabulary implements SyntheticVocabulary {
  /** Fewest tokens: the special ones and the bytes, and one piece. */
  static final int MIN_SIZE = 3 + 256 + 1;

  private static final String SPACE = "\u2581";
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;

  private final List<String> tokens = new ArrayList<>();
  private final int[] types;
  private final float[] scores;

  /**
   * Invents a vocabulary.
   *
   * @param size number of tokens
   * @throws IllegalArgumentException if {@code size} is below {@link #MIN_SIZE}
   */
  SentencePieceVocabulary(int size) {
    if (size < MIN_SIZE) {
      throw new IllegalArgumentException(
          "a vocabulary has at least %d tokens, got %d".formatted(MIN_SIZE, size));
    }
    types = new int[size];
    scores = new float[size];
    addSpecial();
    int pieces = tokens.size();
    addPieces(size);
    for (int id = pieces; id < size; id++) {
      types[id] = NORMAL;
      scores[id] = pieces - id; // the earlier, the sooner merged
    }
  }

  private void addSpecial() {
    types[0] = UNKNOWN;
    types[1] = CONTROL;
    types[2] = CONTROL;
    tokens.addAll(List.of("<unk>", "<s>", "</s>"));
    for (int value = 0; value < 256; value++) {
      types[tokens.size()] = BYTE;
      tokens.add("<0x%02X>".formatted(value));
    }
  }

  private void addPieces(int size) {
    add(SPACE, size);
    for (char c = '!'; c <= '~'; c++) {
      add(String.valueOf(c), size);
    }
    InventedWords.ofLength(1).forEach(word -> add(SPACE + word, size));
    for (int length = 2; tokens.size() < size; length++) {
      List<String> words = InventedWords.ofLength(length);
      words.forEach(word -> add(SPACE + word, size));
      words.forEach(word -> add(word, size));
    }
  }

  private void add(String piece, int size) {
    if (tokens.size() < size) {
      tokens.add(piece);
    }
  }

  @Override
  public void describe(GgufHeader header) {
    header
        .text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", tokens)
        .float32s("tokenizer.ggml.scores", scores)
        .int32s("tokenizer.ggml.token_type", types)
        .uint32("tokenizer.ggml.unknown_token_id", 0)
        .uint32("tokenizer.ggml.bos_token_id", 1)
        .uint32("tokenizer.ggml.eos_token_id", 2)
        .bool("tokenizer.ggml.add_bos_token", true)
        .bool("tokenizer.ggml.add_eos_token", false);
  }
}
