package dev.opml.merkle.internal;

import org.jspecify.annotations.Nullable;

/**
 * Neighbouring leaves by the roots of the largest aligned subtrees that they consist of, from the
 * lowest address up. The leaves' places alone say where one ends, so runs over the same leaves have
 * the same subtrees. Immutable.
 *
 * @param first index of the first leaf
 * @param leaves number of leaves
 * @param roots the roots, four words each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AlignedRun(long first, int leaves, long[] roots) {
  /**
   * Hashes leaves; nothing below the roots is kept.
   *
   * @param first index of the first leaf, from 0
   * @param leaves number of leaves
   * @param words their content as Keccak reads it, {@link KeccakLanes#LEAF_WORDS} words a leaf
   * @param offset index of the first word
   */
  public static AlignedRun of(
      KeccakLanes kernel, long first, int leaves, long[] words, int offset) {
    int count = 0;
    int greatest = 0;
    for (int done = 0; done < leaves; done += 1 << height(first, leaves, done)) {
      greatest = Math.max(greatest, height(first, leaves, done));
      count++;
    }
    long[] roots = new long[count * KeccakLanes.DIGEST_WORDS];
    LaneTrees trees = new LaneTrees(kernel, Math.max(1, (1 << greatest) / kernel.lanes()));
    int index = 0;
    for (int done = 0; done < leaves; index++) {
      int size = 1 << height(first, leaves, done);
      hash(trees, words, offset + done * KeccakLanes.LEAF_WORDS, size);
      trees.copyRoot(0, roots, index);
      done += size;
    }
    return new AlignedRun(first, leaves, roots);
  }

  /** Leaves the root of {@code size} leaves, a power of two, in lane 0. */
  private static void hash(LaneTrees trees, long[] words, int offset, int size) {
    int lanes = trees.lanes();
    long[] message = trees.message;
    int used = Math.min(lanes, size);
    int leavesPerLane = size / used;
    for (int leaf = 0; leaf < leavesPerLane; leaf++) {
      for (int lane = 0; lane < used; lane++) {
        int from = offset + (lane * leavesPerLane + leaf) * KeccakLanes.LEAF_WORDS;
        for (int word = 0, to = lane; word < KeccakLanes.LEAF_WORDS; word++, to += lanes) {
          message[to] = words[from + word];
        }
      }
      trees.hashLeaf(leaf);
    }
    trees.reduce(leavesPerLane);
    trees.join(used);
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
