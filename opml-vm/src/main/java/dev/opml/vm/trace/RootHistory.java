package dev.opml.vm.trace;

import dev.opml.api.Bytes32;
import dev.opml.api.StateRoot;
import java.util.Arrays;

/** A growing list of state roots, 32 bytes each. Not thread-safe while it grows. */
final class RootHistory {
  private static final int WORDS = 4;

  private long[] words = new long[1024];
  private int size;

  void add(Bytes32 root) {
    if ((size + 1) * WORDS > words.length) {
      words = Arrays.copyOf(words, Math.multiplyExact(words.length, 2));
    }
    int at = size * WORDS;
    words[at] = root.word0();
    words[at + 1] = root.word1();
    words[at + 2] = root.word2();
    words[at + 3] = root.word3();
    size++;
  }

  /** Number of roots. */
  int size() {
    return size;
  }

  /** The root at {@code index}; from the last one on the state never changed again. */
  StateRoot get(long index) {
    int at = (int) Math.min(index, size - 1) * WORDS;
    return new StateRoot(new Bytes32(words[at], words[at + 1], words[at + 2], words[at + 3]));
  }
}
