package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import org.jspecify.annotations.Nullable;

/** A subtree of several pages of a {@link PagedTree}. */
record PagedNode(PagedTree tree, int level, int index, Bytes32 hash)
    implements Node, Node.Children {
  @Override
  public Children children() {
    return this;
  }

  @Override
  public @Nullable Node left() {
    return tree.node(level - 1, 2 * index);
  }

  @Override
  public @Nullable Node right() {
    return tree.node(level - 1, 2 * index + 1);
  }
}
