package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The pieces of text of a SentencePiece vocabulary, with the ranks of their scores. Immutable. */
final class SentencePieces {
  private final Vocabulary vocabulary;
  private final TokenTable table;
  private final ByteFallback fallback;
  private final int[] ranks;

  /** Whether each space starts a word, because no token has one behind another character. */
  private final boolean spacesStartWords;

  SentencePieces(GgufMetadata metadata, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.ranks = ranks(metadata.requireReals("tokenizer.ggml.scores"), vocabulary.size());
    this.table = new TokenTable(vocabulary.texts(), id -> vocabulary.kind(id).isText());
    this.fallback = new ByteFallback(vocabulary, table);
    this.spacesStartWords =
        IntStream.range(0, vocabulary.size())
            .filter(id -> vocabulary.kind(id).isText())
            .mapToObj(vocabulary.texts()::get)
            .allMatch(text -> Spaces.wordEnd(text, 0) == text.length);
  }

  /** Dense ranks: 0 for the highest score, the same for equal scores. */
  private static int[] ranks(GgufArray.Reals scores, int size) {
    if (scores.size() != size) {
      throw new MalformedVocabularyException(
          -1, "%d tokens, %d scores".formatted(size, scores.size()));
    }
    float[] negated = new float[size];
    for (int id = 0; id < size; id++) {
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
    int[] ranks = new int[size];
    for (int id = 0; id < size; id++) {
      ranks[id] = Arrays.binarySearch(distinct, 0, count, negated[id]);
    }
    return ranks;
  }

  /** The id of the token whose text is {@code bytes[from, to)}, or -1. */
  int find(byte[] bytes, int from, int to) {
    return table.find(bytes, from, to);
  }

  /**
   * The end of the word of {@code utf8} that starts at {@code from}: all text if the vocabulary has
   * no words. No token is in two words, so each can be encoded by itself.
   */
  int wordEnd(byte[] utf8, int from) {
    return spacesStartWords ? Spaces.wordEnd(utf8, from) : utf8.length;
  }

  /** Spells what no token does. */
  ByteFallback fallback() {
    return fallback;
  }

  TokenKind kind(int id) {
    return vocabulary.kind(id);
  }

  /** Place of the token's score among all scores, from 0 for the highest. */
  int rank(int id) {
    return ranks[id];
  }
}
