package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import org.jspecify.annotations.Nullable;

/**
 * An inner node, hashed when its hash is first asked for: a run of writes makes many branches that
 * nobody ever looks at.
 */
final class BranchNode implements Node, Node.Children {
  private final @Nullable Node left;
  private final @Nullable Node right;

  // Written without synchronization: every thread computes the same immutable value, and a thread
  // that does not see it computes it again.
  private @Nullable Bytes32 hash;

  // Likewise: what another thread overwrites here only makes work to be done twice.
  private @Nullable Object mark;

  private BranchNode(@Nullable Node left, @Nullable Node right) {
    this.left = left;
    this.right = right;
  }

  /** The node above two children: null if both are zero. */
  static @Nullable BranchNode of(@Nullable Node left, @Nullable Node right) {
    return left == null && right == null ? null : new BranchNode(left, right);
  }

  /** Whether this was not the last mark given to this node. */
  boolean mark(Object newMark) {
    boolean isNew = !newMark.equals(mark);
    mark = newMark;
    return isNew;
  }

  void setHash(Bytes32 hash) {
    this.hash = hash;
  }

  /** The subtree's root, or null until {@link BranchHasher} has computed it. */
  @Nullable Bytes32 hashIfKnown() {
    return hash;
  }

  @Override
  public Children children() {
    return this;
  }

  @Override
  public @Nullable Node left() {
    return left;
  }

  @Override
  public @Nullable Node right() {
    return right;
  }
}
