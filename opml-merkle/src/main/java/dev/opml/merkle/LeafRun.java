package dev.opml.merkle;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.AlignedRun;
import dev.opml.merkle.internal.KeccakProvider;
import java.util.Objects;

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
   * @param count number of leaves
   * @param words array with their content, 16 words a leaf, the byte of the lowest address in a
   *     word's low bits; not retained
   * @param offset index of the first leaf's first word
   * @throws IllegalArgumentException if {@code first} or {@code count} is negative
   * @throws IndexOutOfBoundsException if the words are not inside the array
   */
  public static LeafRun of(long first, int count, long[] words, int offset) {
    if (first < 0 || count < 0) {
      throw new IllegalArgumentException(count + " leaves from " + first);
    }
    Objects.checkFromIndexSize((long) offset, (long) LEAF_WORDS * count, words.length);
    return new LeafRun(
        AlignedRun.of(KeccakProvider.lanes(2L * count), first, count, words, offset));
  }

  AlignedRun aligned() {
    return run;
  }
}
