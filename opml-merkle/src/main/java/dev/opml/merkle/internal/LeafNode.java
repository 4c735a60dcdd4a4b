package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import org.jspecify.annotations.Nullable;

/** The hash of 128 bytes that are not all zero. */
record LeafNode(Bytes32 hash) implements Node {
  /** The node of a leaf's hash: null for the zero leaf. */
  static @Nullable Node of(Bytes32 hash) {
    return hash.equals(ZeroRoots.root(0)) ? null : new LeafNode(hash);
  }

  @Override
  public Children children() {
    throw new IllegalStateException("a leaf has no children");
  }
}
