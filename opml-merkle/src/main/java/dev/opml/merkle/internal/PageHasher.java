package dev.opml.merkle.internal;

import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Hashes pages of 4 KiB: subtrees of 32 leaves, in each lane one while there are enough pages. Owns
 * buffers: not thread-safe.
 */
final class PageHasher {
  /** Height of a page's subtree. */
  static final int HEIGHT = 5;

  /** Leaves of a page. */
  static final int LEAVES = 1 << HEIGHT;

  /** Bytes of a page. */
  static final int SIZE = LEAVES * MemoryRegion.LEAF_SIZE;

  private final LaneTrees trees;
  private final int lanes;
  private final long[] starts;

  PageHasher(KeccakLanes kernel) {
    trees = new LaneTrees(kernel, LEAVES);
    lanes = kernel.lanes();
    starts = new long[lanes];
  }

  /**
   * Hashes {@code count} pages; bytes behind the end of {@code data} are zero.
   *
   * @param pages offsets in bytes of the pages
   * @param roots receives the pages' roots, four words each, from the digest {@code firstRoot} on
   * @param leaves null, or receives the hashes of all leaves, page after page, four words each
   */
  void hash(
      MemorySegment data,
      long[] pages,
      int count,
      long[] roots,
      int firstRoot,
      long @Nullable [] leaves) {
    int page = 0;
    for (; page + lanes <= count; page += lanes) {
      System.arraycopy(pages, page, starts, 0, lanes);
      reduce(data, LEAVES, leaves, page * LEAVES);
      for (int lane = 0; lane < lanes; lane++) {
        trees.copyRoot(lane, roots, firstRoot + page + lane);
      }
    }
    for (; page < count; page++) {
      int leavesPerLane = LEAVES / lanes;
      for (int lane = 0; lane < lanes; lane++) {
        starts[lane] = pages[page] + (long) lane * leavesPerLane * MemoryRegion.LEAF_SIZE;
      }
      reduce(data, leavesPerLane, leaves, page * LEAVES);
      trees.join(lanes, 1);
      trees.copyRoot(0, roots, firstRoot + page);
    }
  }

  /** Reduces each lane's tree, whose leaves begin at the lane's start. */
  private void reduce(
      MemorySegment data, int leavesPerLane, long @Nullable [] leaves, int firstLeaf) {
    for (int leaf = 0; leaf < leavesPerLane; leaf++) {
      for (int lane = 0; lane < lanes; lane++) {
        long offset = starts[lane] + (long) leaf * MemoryRegion.LEAF_SIZE;
        LeafWords.load(data, offset, trees.message, lane, lanes);
      }
      trees.hashLeaf(leaf);
    }
    if (leaves != null) {
      copyLeaves(leavesPerLane, leaves, firstLeaf);
    }
    trees.reduce(leavesPerLane);
  }

  private void copyLeaves(int leavesPerLane, long[] leaves, int firstLeaf) {
    for (int lane = 0; lane < lanes; lane++) {
      for (int leaf = 0; leaf < leavesPerLane; leaf++) {
        trees.copyLeaf(lane, leaf, leaves, firstLeaf + lane * leavesPerLane + leaf);
      }
    }
  }
}
