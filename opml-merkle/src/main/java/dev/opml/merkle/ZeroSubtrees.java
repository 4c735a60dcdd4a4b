package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.merkle.internal.ZeroRoots;

/** Roots of the trees over memory that is all zero. */
public final class ZeroSubtrees {
  /** Greatest height of a tree. */
  public static final int MAX_HEIGHT = ZeroRoots.MAX_HEIGHT;

  private ZeroSubtrees() {}

  /**
   * Root of the zero subtree of a height.
   *
   * @param height 0 (one leaf of 128 zero bytes) to {@link #MAX_HEIGHT}
   * @throws IllegalArgumentException if {@code height} is outside that range
   */
  public static Bytes32 root(int height) {
    if (height < 0 || height > MAX_HEIGHT) {
      throw new IllegalArgumentException("height must be 0 to " + MAX_HEIGHT + ", got " + height);
    }
    return ZeroRoots.root(height);
  }
}
