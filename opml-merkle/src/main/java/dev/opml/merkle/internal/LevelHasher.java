package dev.opml.merkle.internal;

/** Hashes one level of a tree whose digests lie in one array, four words each. */
final class LevelHasher {
  private LevelHasher() {}

  /**
   * A new array for the roots of the {@code count} subtrees of {@code height} that data reaches
   * into. Where their number is odd, and more than one, the zero subtree behind the last is in it
   * too.
   */
  static long[] newLevel(int count, int height) {
    int padded = padded(count);
    long[] level = new long[Math.multiplyExact(padded, KeccakLanes.DIGEST_WORDS)];
    if (padded > count) {
      TreeHash.put(ZeroRoots.root(height), level, count * KeccakLanes.DIGEST_WORDS, 1);
    }
    return level;
  }

  /** Number of roots in the array that {@link #newLevel} makes for {@code count} of them. */
  static int padded(int count) {
    return count == 1 ? 1 : count + count % 2;
  }

  /**
   * The level above a level that {@link #newLevel} made.
   *
   * @param height height of the subtrees whose roots {@code level} holds
   */
  static long[] above(KeccakLanes kernel, long[] level, int height) {
    int parents = level.length / KeccakLanes.NODE_WORDS;
    long[] above = newLevel(parents, height + 1);
    int lanes = kernel.lanes();
    long[] words = new long[KeccakLanes.NODE_WORDS * lanes];
    for (int first = 0; first < parents; first += lanes) {
      int used = Math.min(lanes, parents - first);
      transpose(level, first * KeccakLanes.NODE_WORDS, KeccakLanes.NODE_WORDS, used, words, lanes);
      kernel.hashNodes(words, 0, words, 0);
      for (int lane = 0; lane < used; lane++) {
        for (int word = 0; word < KeccakLanes.DIGEST_WORDS; word++) {
          above[(first + lane) * KeccakLanes.DIGEST_WORDS + word] = words[word * lanes + lane];
        }
      }
    }
    return above;
  }

  private static void transpose(
      long[] messages, int offset, int size, int count, long[] words, int lanes) {
    for (int lane = 0; lane < count; lane++) {
      for (int word = 0; word < size; word++) {
        words[word * lanes + lane] = messages[offset + lane * size + word];
      }
    }
  }
}
