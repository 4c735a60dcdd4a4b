package dev.opml.benchmarks.synthetic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A byte-level vocabulary of invented words: 256 bytes; words of two letters and more, each with
 * and without the mark of a space before it, and each made of the word without its last letter and
 * that letter; from {@link #ORDINARY} on, the special tokens of Llama 3. Immutable.
 */
final class BytePairVocabulary implements SyntheticVocabulary {
  /** Tokens that are not special. llama3.java takes this number for granted. */
  static final int ORDINARY = 128_000;

  private static final List<String> SPECIAL =
      List.of(
          "<|begin_of_text|>",
          "<|end_of_text|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<|eot_id|>",
          "<|eom_id|>");

  private static final String SPACE = "\u0120";
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;

  private final List<String> tokens = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();
  private final int[] types;

  /**
   * Invents a vocabulary.
   *
   * @param size number of tokens
   * @throws IllegalArgumentException if {@code size} leaves no room for the special tokens
   */
  BytePairVocabulary(int size) {
    if (size < ORDINARY + SPECIAL.size()) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary has at least %d tokens, got %d"
              .formatted(ORDINARY + SPECIAL.size(), size));
    }
    addBytes();
    InventedWords.ofLength(1).forEach(letter -> merge(SPACE, letter));
    for (int length = 2; tokens.size() < ORDINARY; length++) {
      List<String> words = InventedWords.ofLength(length);
      words.forEach(word -> merge("", word));
      words.forEach(word -> merge(SPACE, word));
    }
    tokens.addAll(SPECIAL);
    while (tokens.size() < size) {
      tokens.add("<|reserved_special_token_%d|>".formatted(tokens.size() - ORDINARY));
    }
    types = new int[size];
    Arrays.fill(types, 0, ORDINARY, NORMAL);
    Arrays.fill(types, ORDINARY, size, CONTROL);
  }

  /** Bytes that are no printable characters of Latin-1 are written as characters from 256 on. */
  private void addBytes() {
    int next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xff && value != 0xad);
      tokens.add(Character.toString(printable ? value : next++));
    }
  }

  private void merge(String prefix, String word) {
    if (tokens.size() < ORDINARY) {
      String whole = prefix + word;
      int last = whole.length() - 1;
      merges.add(whole.substring(0, last) + " " + whole.substring(last));
      tokens.add(whole);
    }
  }

  @Override
  public void describe(GgufHeader header) {
    header
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "llama-bpe")
        .texts("tokenizer.ggml.tokens", tokens)
        .int32s("tokenizer.ggml.token_type", types)
        .texts("tokenizer.ggml.merges", merges)
        .uint32("tokenizer.ggml.bos_token_id", ORDINARY)
        .uint32("tokenizer.ggml.eos_token_id", ORDINARY + SPECIAL.indexOf("<|eot_id|>"));
  }
}
