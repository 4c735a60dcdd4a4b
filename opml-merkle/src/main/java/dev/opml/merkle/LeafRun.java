package dev.opml.merkle;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.AlignedRun;
import dev.opml.merkle.internal.KeccakProvider;

/**
 * Neighbouring leaves that were hashed, by the roots of the largest aligned subtrees that they
 * consist of: 32 bytes for each. They can be hashed at any time, by any thread, and put into a tree
 * later. Immutable and thread-safe.
 *
 * @see MerkleTree#withRun
 */
public final class LeafRun {
  private static final int LEAF_WORDS = MemoryRegion.LEAF_SIZE / Long.BYTES;

  private final AlignedRun run;

  private LeafRun(AlignedRun run) {
    this.run = run;
  }

  /**
   * Hashes leaves.
   *
   * @param first index of the first leaf, from 0
   * @param words their content, 16 words a leaf, the byte of the lowest address in a word's low
   *     bits; not retained
   * @throws IllegalArgumentException if {@code first} is negative, or these are no whole leaves
   */
  public static LeafRun of(long first, long[] words) {
    if (first < 0 || words.length % LEAF_WORDS != 0) {
      throw new IllegalArgumentException(
          "first leaf %d, %d words, must be a multiple of %d"
              .formatted(first, words.length, LEAF_WORDS));
    }
    return new LeafRun(AlignedRun.of(KeccakProvider.lanes(), first, words));
  }

  AlignedRun aligned() {
    return run;
  }
}
