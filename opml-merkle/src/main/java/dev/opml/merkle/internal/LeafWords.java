package dev.opml.merkle.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves the words of a leaf from memory into a lane of a message buffer. */
final class LeafWords {
  private LeafWords() {}

  /**
   * Loads the 128 bytes at {@code offset}; bytes behind the end of {@code data} are zero.
   *
   * @param words word-sliced messages of {@code lanes} lanes
   */
  static void load(MemorySegment data, long offset, long[] words, int lane, int lanes) {
    if (offset <= data.byteSize() - KeccakLanes.LEAF_WORDS * (long) Long.BYTES) {
      for (int word = 0, to = lane; word < KeccakLanes.LEAF_WORDS; word++, to += lanes) {
        words[to] = data.get(TreeHash.WORD, offset + (long) Long.BYTES * word);
      }
    } else {
      loadEnd(data, offset, words, lane, lanes);
    }
  }

  private static void loadEnd(MemorySegment data, long offset, long[] words, int lane, int lanes) {
    for (int word = 0; word < KeccakLanes.LEAF_WORDS; word++) {
      long value = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        long address = offset + (long) Long.BYTES * word + i;
        if (address < data.byteSize()) {
          value |= (data.get(ValueLayout.JAVA_BYTE, address) & 0xffL) << (Byte.SIZE * i);
        }
      }
      words[word * lanes + lane] = value;
    }
  }
}
