package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;

/** Roots of the subtrees over zero bytes, computed once. */
public final class ZeroRoots {
  /** Greatest height with a root here, and the greatest height of a tree. */
  public static final int MAX_HEIGHT = 40;

  private static final Bytes32[] ROOTS = roots();

  private ZeroRoots() {}

  /** Root of the zero subtree of {@code height}, 0 to {@link #MAX_HEIGHT}. */
  public static Bytes32 root(int height) {
    return ROOTS[height];
  }

  private static Bytes32[] roots() {
    Bytes32[] roots = new Bytes32[MAX_HEIGHT + 1];
    roots[0] = TreeHash.leaf(MemorySegment.ofArray(new byte[MemoryRegion.LEAF_SIZE]), 0);
    for (int height = 1; height <= MAX_HEIGHT; height++) {
      roots[height] = TreeHash.node(roots[height - 1], roots[height - 1]);
    }
    return roots;
  }
}
