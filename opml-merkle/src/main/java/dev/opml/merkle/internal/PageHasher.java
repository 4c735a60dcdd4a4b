package dev.opml.merkle.internal;

import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Hashes pages of 4 KiB: subtrees of 32 leaves. Each lane reduces a subtree of its own, so that
 * digests never change lanes until only one a lane is left. Owns buffers: not thread-safe.
 */
final class PageHasher {
  /** Height of a page's subtree. */
  static final int HEIGHT = 5;

  /** Leaves of a page. */
  static final int LEAVES = 1 << HEIGHT;

  /** Bytes of a page. */
  static final int SIZE = LEAVES * MemoryRegion.LEAF_SIZE;

  private final KeccakLanes kernel;
  private final int lanes;
  private final long[] message;
  private final long[] digests;
  private final long[] starts;

  PageHasher(KeccakLanes kernel) {
    this.kernel = kernel;
    this.lanes = kernel.lanes();
    this.message = new long[KeccakLanes.LEAF_WORDS * lanes];
    this.digests = new long[KeccakLanes.DIGEST_WORDS * LEAVES * lanes];
    this.starts = new long[lanes];
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
        copyDigest(lane, roots, firstRoot + page + lane);
      }
    }
    for (; page < count; page++) {
      int leavesPerLane = LEAVES / lanes;
      for (int lane = 0; lane < lanes; lane++) {
        starts[lane] = pages[page] + (long) lane * leavesPerLane * MemoryRegion.LEAF_SIZE;
      }
      reduce(data, leavesPerLane, leaves, page * LEAVES);
      joinLanes();
      copyDigest(0, roots, firstRoot + page);
    }
  }

  /** Leaves the root of each lane's subtree, which begins at its start, in the first digest. */
  private void reduce(
      MemorySegment data, int leavesPerLane, long @Nullable [] leaves, int firstLeaf) {
    int digestWords = KeccakLanes.DIGEST_WORDS * lanes;
    for (int leaf = 0; leaf < leavesPerLane; leaf++) {
      for (int lane = 0; lane < lanes; lane++) {
        long offset = starts[lane] + (long) leaf * MemoryRegion.LEAF_SIZE;
        LeafWords.load(data, offset, message, lane, lanes);
      }
      kernel.hashLeaves(message, 0, digests, leaf * digestWords);
    }
    if (leaves != null) {
      copyLeaves(leavesPerLane, leaves, firstLeaf);
    }
    for (int count = leavesPerLane / 2; count > 0; count /= 2) {
      for (int node = 0; node < count; node++) {
        kernel.hashNodes(digests, 2 * node * digestWords, digests, node * digestWords);
      }
    }
  }

  private void copyLeaves(int leavesPerLane, long[] leaves, int firstLeaf) {
    for (int lane = 0; lane < lanes; lane++) {
      for (int leaf = 0; leaf < leavesPerLane; leaf++) {
        int to = KeccakLanes.DIGEST_WORDS * (firstLeaf + lane * leavesPerLane + leaf);
        for (int word = 0; word < KeccakLanes.DIGEST_WORDS; word++) {
          leaves[to + word] = digests[(leaf * KeccakLanes.DIGEST_WORDS + word) * lanes + lane];
        }
      }
    }
  }

  /** Reduces the lanes' roots to one, in lane 0. */
  private void joinLanes() {
    for (int count = lanes / 2; count > 0; count /= 2) {
      for (int lane = 0; lane < count; lane++) {
        for (int word = 0; word < KeccakLanes.DIGEST_WORDS; word++) {
          message[word * lanes + lane] = digests[word * lanes + 2 * lane];
          message[(KeccakLanes.DIGEST_WORDS + word) * lanes + lane] =
              digests[word * lanes + 2 * lane + 1];
        }
      }
      kernel.hashNodes(message, 0, digests, 0);
    }
  }

  private void copyDigest(int lane, long[] target, int index) {
    for (int word = 0; word < KeccakLanes.DIGEST_WORDS; word++) {
      target[index * KeccakLanes.DIGEST_WORDS + word] = digests[word * lanes + lane];
    }
  }
}
