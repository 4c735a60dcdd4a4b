package dev.opml.merkle.internal;

/**
 * A tree in every lane: each takes leaves and reduces them to a root of its own, so that digests
 * change lanes only when these roots are joined. Owns buffers: not thread-safe.
 */
final class LaneTrees {
  private final KeccakLanes kernel;
  private final int lanes;
  private final int digestWords;
  private final long[] digests;

  /** One leaf a lane, word-sliced: what {@link #hashLeaf} hashes next. */
  final long[] message;

  /**
   * Trees without leaves.
   *
   * @param leaves most leaves of a lane's tree
   */
  LaneTrees(KeccakLanes kernel, int leaves) {
    this.kernel = kernel;
    lanes = kernel.lanes();
    digestWords = KeccakLanes.DIGEST_WORDS * lanes;
    digests = new long[digestWords * leaves];
    message = new long[KeccakLanes.LEAF_WORDS * lanes];
  }

  int lanes() {
    return lanes;
  }

  /** Makes what {@link #message} holds the leaf {@code leaf} of each lane. */
  void hashLeaf(int leaf) {
    kernel.hashLeaves(message, 0, digests, leaf * digestWords);
  }

  /** Copies the hash of a leaf, as long as {@link #reduce} has not replaced it. */
  void copyLeaf(int lane, int leaf, long[] target, int index) {
    for (int word = 0; word < KeccakLanes.DIGEST_WORDS; word++) {
      target[index * KeccakLanes.DIGEST_WORDS + word] =
          digests[leaf * digestWords + word * lanes + lane];
    }
  }

  /**
   * Reduces every lane's tree to its root.
   *
   * @param leaves leaves of each, a power of two
   */
  void reduce(int leaves) {
    for (int count = leaves / 2; count > 0; count /= 2) {
      for (int node = 0; node < count; node++) {
        kernel.hashNodes(digests, 2 * node * digestWords, digests, node * digestWords);
      }
    }
  }

  /**
   * Joins the roots of neighbouring lanes, until the first lanes have the roots of larger trees.
   *
   * @param used lanes that have a root, a power of two
   * @param left lanes that have one then, a power of two
   */
  void join(int used, int left) {
    for (int count = used / 2; count >= left; count /= 2) {
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

  /** Copies the root of a lane's tree to the digest {@code index}. */
  void copyRoot(int lane, long[] target, int index) {
    copyLeaf(lane, 0, target, index);
  }
}
