package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import org.jspecify.annotations.Nullable;

/**
 * A subtree that is not all zero; {@code null} stands for a zero subtree wherever a node is
 * expected. So equal content has equal zero subtrees however it was written. Immutable to callers
 * and thread-safe. A node does not know its height: who holds it does.
 */
public sealed interface Node permits LeafNode, BranchNode {
  /** The subtree's root, or null if it has not been computed yet ({@link Subtrees#hash} does). */
  @Nullable Bytes32 hashIfKnown();

  /**
   * The subtree of the lower addresses, one level down.
   *
   * @throws IllegalStateException if this is a leaf
   */
  @Nullable Node left();

  /**
   * The subtree of the higher addresses, one level down.
   *
   * @throws IllegalStateException if this is a leaf
   */
  @Nullable Node right();
}
