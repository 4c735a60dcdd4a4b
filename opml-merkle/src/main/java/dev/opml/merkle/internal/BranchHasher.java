package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the missing hashes of trees, level by level so that a level's branches share vector
 * lanes. Trees may share branches, as successive states of a memory do.
 */
public final class BranchHasher {
  private final List<List<BranchNode>> levels = new ArrayList<>();
  private final Object mark = new Object();

  private BranchHasher(int height) {
    for (int level = 0; level <= height; level++) {
      levels.add(new ArrayList<>());
    }
  }

  /** Gives every branch at and below {@code roots} its hash. */
  public static void hash(List<? extends @Nullable Node> roots, int height) {
    BranchHasher hasher = new BranchHasher(height);
    roots.forEach(root -> hasher.collect(root, height));
    for (int level = 1; level <= height; level++) {
      hasher.hashLevel(hasher.levels.get(level), level);
    }
  }

  private void collect(@Nullable Node node, int height) {
    // A branch with a hash has none without one below it.
    if (node instanceof BranchNode branch && branch.hashIfKnown() == null && branch.mark(mark)) {
      levels.get(height).add(branch);
      collect(branch.left(), height - 1);
      collect(branch.right(), height - 1);
    }
  }

  private void hashLevel(List<BranchNode> branches, int height) {
    KeccakLanes kernel = KeccakProvider.lanes(branches.size());
    int lanes = kernel.lanes();
    long[] words = new long[KeccakLanes.NODE_WORDS * lanes];
    for (int first = 0; first < branches.size(); first += lanes) {
      int count = Math.min(lanes, branches.size() - first);
      if (count == 1) {
        BranchNode branch = branches.get(first);
        branch.setHash(TreeHash.node(left(branch, height), right(branch, height)));
        continue;
      }
      for (int lane = 0; lane < count; lane++) {
        BranchNode branch = branches.get(first + lane);
        TreeHash.put(left(branch, height), words, lane, lanes);
        TreeHash.put(right(branch, height), words, KeccakLanes.DIGEST_WORDS * lanes + lane, lanes);
      }
      kernel.hashNodes(words, 0, words, 0);
      for (int lane = 0; lane < count; lane++) {
        branches.get(first + lane).setHash(TreeHash.digest(words, lane, lanes));
      }
    }
  }

  private static Bytes32 left(BranchNode branch, int height) {
    return Subtrees.hash(branch.left(), height - 1);
  }

  private static Bytes32 right(BranchNode branch, int height) {
    return Subtrees.hash(branch.right(), height - 1);
  }
}
