package dev.opml.merkle.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligned subtrees to be hashed, of which only the roots are kept. Equal ones are hashed together:
 * the last levels of a subtree alone leave most lanes empty. Not thread-safe.
 */
public final class SubtreeBatch {
  /** A subtree's first word, and where its root goes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Subtree(int offset, long[] roots, int index) {}

  private final KeccakLanes kernel;
  private final long[] words;
  private final List<List<Subtree>> byHeight = new ArrayList<>();

  /**
   * An empty batch.
   *
   * @param words the leaves' content as Keccak reads it, {@link KeccakLanes#LEAF_WORDS} words a
   *     leaf
   */
  public SubtreeBatch(KeccakLanes kernel, long[] words) {
    this.kernel = kernel;
    this.words = words;
  }

  /**
   * Adds the {@code 1 << height} leaves whose words begin at {@code offset}.
   *
   * @param roots receives the root as digest {@code index}, when the batch is hashed
   */
  void add(int height, int offset, long[] roots, int index) {
    while (byHeight.size() <= height) {
      byHeight.add(new ArrayList<>());
    }
    byHeight.get(height).add(new Subtree(offset, roots, index));
  }

  /** Tasks that hash all subtrees, the largest first; they do not depend on each other. */
  public List<Runnable> tasks() {
    // Two lanes for each: that leaves lanes empty on one level only, and as many as there are would
    // make tasks too large to share.
    int most = Math.max(1, kernel.lanes() / 2);
    List<Runnable> tasks = new ArrayList<>();
    for (int height = byHeight.size() - 1; height >= 0; height--) {
      int leaves = 1 << height;
      List<Subtree> equal = byHeight.get(height);
      for (int done = 0; done < equal.size(); ) {
        int count = Math.min(most, Integer.highestOneBit(equal.size() - done));
        List<Subtree> group = equal.subList(done, done + count);
        tasks.add(() -> hash(group, leaves));
        done += count;
      }
    }
    return tasks;
  }

  /** Hashes equal subtrees; their number is a power of two and not above that of the lanes. */
  private void hash(List<Subtree> group, int leaves) {
    int lanes = kernel.lanes();
    int lanesPerTree = Math.min(lanes / group.size(), leaves);
    int leavesPerLane = leaves / lanesPerTree;
    int[] starts = new int[group.size() * lanesPerTree];
    for (int lane = 0; lane < starts.length; lane++) {
      starts[lane] =
          group.get(lane / lanesPerTree).offset
              + lane % lanesPerTree * leavesPerLane * KeccakLanes.LEAF_WORDS;
    }
    LaneTrees trees = new LaneTrees(kernel, leavesPerLane);
    long[] message = trees.message;
    for (int leaf = 0; leaf < leavesPerLane; leaf++) {
      for (int lane = 0; lane < starts.length; lane++) {
        int from = starts[lane] + leaf * KeccakLanes.LEAF_WORDS;
        for (int word = 0, to = lane; word < KeccakLanes.LEAF_WORDS; word++, to += lanes) {
          message[to] = words[from + word];
        }
      }
      trees.hashLeaf(leaf);
    }
    trees.reduce(leavesPerLane);
    trees.join(starts.length, group.size());
    for (int tree = 0; tree < group.size(); tree++) {
      trees.copyRoot(tree, group.get(tree).roots, group.get(tree).index);
    }
  }
}
