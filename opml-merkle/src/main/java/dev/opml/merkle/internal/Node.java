package dev.opml.merkle.internal;

import org.jspecify.annotations.Nullable;

/**
 * A subtree that is not all zero; {@code null} stands for a zero subtree wherever a node is
 * expected. So equal content has equal zero subtrees however it was written. Immutable to callers
 * and thread-safe. A node does not know its height: who holds it does.
 */
public sealed interface Node permits RootNode, BranchNode, PageNode, PagedNode {
  /**
   * The two halves. May be costly: ask once for both.
   *
   * @throws IllegalStateException if nothing is kept below
   */
  Children children();

  /** The two halves of a subtree. */
  interface Children {
    /** The half of the lower addresses. */
    @Nullable Node left();

    /** The half of the higher addresses. */
    @Nullable Node right();
  }
}
