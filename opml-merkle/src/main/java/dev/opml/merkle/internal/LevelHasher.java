package dev.opml.merkle.internal;

import java.util.Arrays;

/** Hashes one level of a tree whose digests lie in one array, four words each. */
final class LevelHasher {
  private LevelHasher() {}

  /**
   * The level above {@code level}, half as long, rounded up: behind the last digest the tree is
   * zero.
   *
   * @param height height of the subtrees whose roots {@code level} holds
   */
  static long[] above(KeccakLanes kernel, long[] level, int height) {
    int children = level.length / KeccakLanes.DIGEST_WORDS;
    int parents = (children + 1) / 2;
    long[] padded = level;
    if (children % 2 != 0) {
      padded = Arrays.copyOf(level, parents * KeccakLanes.NODE_WORDS);
      TreeHash.put(ZeroRoots.root(height), padded, level.length, 1);
    }
    long[] above = new long[parents * KeccakLanes.DIGEST_WORDS];
    int lanes = kernel.lanes();
    long[] words = new long[KeccakLanes.NODE_WORDS * lanes];
    for (int first = 0; first < parents; first += lanes) {
      int used = Math.min(lanes, parents - first);
      transpose(padded, first * KeccakLanes.NODE_WORDS, KeccakLanes.NODE_WORDS, used, words, lanes);
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
