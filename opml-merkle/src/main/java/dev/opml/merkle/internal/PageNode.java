package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.lang.foreign.MemorySegment;

/**
 * A page of 4 KiB that is not all zero: its root, and where its leaves' hashes come from when they
 * are needed. Without it every 128 bytes would cost a leaf and a branch, more than 128 bytes of
 * heap.
 */
record PageNode(Bytes32 hash, LeafSource leaves) implements Node {
  /** The hashes of a page's leaves. */
  @FunctionalInterface
  interface LeafSource {
    /** A new array of the page's 32 leaf hashes. */
    Bytes32[] hashes();
  }

  /** Leaves that are hashed again from memory that does not change. */
  record Reread(MemorySegment data, long offset) implements LeafSource {
    @Override
    public Bytes32[] hashes() {
      return Leaves.hash(data, offset, PageHasher.LEAVES);
    }
  }

  /** Leaf hashes kept as words, four each. */
  static LeafSource kept(long[] words) {
    return () -> {
      Bytes32[] hashes = new Bytes32[PageHasher.LEAVES];
      for (int leaf = 0; leaf < hashes.length; leaf++) {
        hashes[leaf] = TreeHash.digest(words, leaf * KeccakLanes.DIGEST_WORDS, 1);
      }
      return hashes;
    };
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException also if the memory to read again is no longer what was hashed
   */
  @Override
  public Children children() {
    Node open = Subtrees.replace(null, PageHasher.HEIGHT, 0, 0, Subtrees.leaves(leaves.hashes()));
    // Nearly free, because an opening needs most of these hashes; a file may be edited under its
    // mapping.
    if (open == null || !Subtrees.hash(open, PageHasher.HEIGHT).equals(hash)) {
      throw new IllegalStateException("memory changed after its tree was built: " + leaves);
    }
    return open.children();
  }
}
