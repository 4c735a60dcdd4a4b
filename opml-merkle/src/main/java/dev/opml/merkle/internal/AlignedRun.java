package dev.opml.merkle.internal;

import org.jspecify.annotations.Nullable;

/**
 * Neighbouring leaves by the roots of the largest aligned subtrees that they consist of, from the
 * lowest address up. The leaves' places alone say where one ends, so runs over the same leaves have
 * the same subtrees. Immutable once it is hashed.
 *
 * @param first index of the first leaf
 * @param leaves number of leaves
 * @param roots the roots, four words each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AlignedRun(long first, int leaves, long[] roots) {
  /**
   * A run whose roots are there when {@code batch} has been hashed.
   *
   * @param first index of the first leaf, from 0
   * @param leaves number of leaves
   * @param offset index of the first leaf's first word in the batch's words
   */
  public static AlignedRun of(long first, int leaves, int offset, SubtreeBatch batch) {
    int count = 0;
    for (int done = 0; done < leaves; done += 1 << height(first, leaves, done)) {
      count++;
    }
    long[] roots = new long[count * KeccakLanes.DIGEST_WORDS];
    int done = 0;
    for (int index = 0; index < count; index++) {
      int height = height(first, leaves, done);
      batch.add(height, offset + done * KeccakLanes.LEAF_WORDS, roots, index);
      done += 1 << height;
    }
    return new AlignedRun(first, leaves, roots);
  }

  /** Height of the subtree that begins {@code done} leaves behind the first. */
  private static int height(long first, int leaves, int done) {
    int fits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(leaves - done);
    return Math.min(fits, Long.numberOfTrailingZeros(first + done));
  }

  /** The tree {@code root} with these subtrees. */
  public @Nullable Node applyTo(@Nullable Node root, int rootHeight) {
    return new Replacement().apply(root, rootHeight, 0);
  }

  /** Finds the subtrees in the order of their roots. */
  private final class Replacement {
    private int next;

    @Nullable Node apply(@Nullable Node node, int height, long start) {
      long end = start + (1L << height);
      if (end <= first || start >= first + leaves) {
        return node;
      }
      if (start >= first && end <= first + leaves) {
        return RootNode.of(TreeHash.digest(roots, KeccakLanes.DIGEST_WORDS * next++, 1), height);
      }
      Node.Children old = node == null ? null : node.children();
      return BranchNode.of(
          apply(old == null ? null : old.left(), height - 1, start),
          apply(old == null ? null : old.right(), height - 1, start + (end - start) / 2));
    }
  }
}
