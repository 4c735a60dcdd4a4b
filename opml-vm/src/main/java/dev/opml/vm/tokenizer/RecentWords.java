package dev.opml.vm.tokenizer;

import java.util.Arrays;

/**
 * The words of a text that were encoded last, to copy their ids: most words of a text repeat. A
 * table without collisions: a word takes the place of another of the same hash. Not thread-safe.
 */
final class RecentWords {
  private static final int MAX_WORD_BYTES = 64;
  private static final int MAX_WORDS = 1 << 12;

  /** A word's start and length in bytes, and of its ids, their start and number. */
  private static final int FIELDS = 4;

  private final byte[] text;
  private final IntList ids;
  private final int[] words;
  private final int mask;

  /** Starts with none of the words of {@code text}, whose ids are put at the end of {@code ids}. */
  RecentWords(byte[] text, IntList ids) {
    this.text = text;
    this.ids = ids;
    int size = Math.min(MAX_WORDS, Integer.highestOneBit(text.length / 8 | 1));
    this.words = new int[FIELDS * size];
    this.mask = size - 1;
  }

  /** Encodes words. */
  @FunctionalInterface
  interface Encoder {
    /** Appends the ids of {@code text[from, to)}, which depend on nothing else. */
    void encode(byte[] text, int from, int to, IntList ids);
  }

  /** Appends the ids of the word {@code text[from, to)}. */
  void encode(int from, int to, Encoder encoder) {
    int length = to - from;
    if (length > MAX_WORD_BYTES) {
      encoder.encode(text, from, to, ids);
      return;
    }
    int at = FIELDS * slot(from, to);
    if (words[at + 1] == length
        && Arrays.equals(text, words[at], words[at] + length, text, from, to)) {
      ids.addCopy(words[at + 2], words[at + 3]);
      return;
    }
    int start = ids.size();
    encoder.encode(text, from, to, ids);
    words[at] = from;
    words[at + 1] = length;
    words[at + 2] = start;
    words[at + 3] = ids.size() - start;
  }

  private int slot(int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    return (hash ^ (hash >>> 15)) & mask;
  }
}
