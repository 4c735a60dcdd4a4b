package dev.opml.benchmarks.synthetic;

/** The tokens of a synthetic model. */
interface SyntheticVocabulary {
  /** Adds the tokenizer's entries to a file. */
  void describe(GgufHeader header);

  /**
   * Invents a vocabulary.
   *
   * @param size number of tokens
   * @throws IllegalArgumentException if {@code size} is too small for the kind
   */
  static SyntheticVocabulary of(TokenizerKind kind, int size) {
    return switch (kind) {
      case SPM -> new SentencePieceVocabulary(size);
      case GPT2 -> new BytePairVocabulary(size);
    };
  }
}
