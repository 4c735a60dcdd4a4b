package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import org.jspecify.annotations.Nullable;

/** A subtree that is not all zero, and of which only the root is kept: a leaf, or a larger one. */
record RootNode(Bytes32 hash) implements Node {
  /** The node of a subtree's root: null for that of the zero subtree. */
  static @Nullable Node of(Bytes32 hash, int height) {
    return hash.equals(ZeroRoots.root(height)) ? null : new RootNode(hash);
  }

  @Override
  public Children children() {
    throw new IllegalStateException("nothing is kept below the root " + hash);
  }
}
