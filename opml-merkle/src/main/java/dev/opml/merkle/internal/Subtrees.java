package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the nodes of a tree. Heights count from 0, the leaves; indexes at a height from 0, the
 * lowest address.
 */
public final class Subtrees {
  private Subtrees() {}

  /** Root of {@code node}, whose height is {@code height}. */
  public static Bytes32 hash(@Nullable Node node, int height) {
    return switch (node) {
      case null -> ZeroRoots.root(height);
      case RootNode only -> only.hash();
      case PageNode page -> page.hash();
      case PagedNode pages -> pages.hash();
      case BranchNode branch -> {
        // Read once: what another thread writes may be seen by one read and not by the next.
        Bytes32 known = branch.hashIfKnown();
        if (known == null) {
          BranchHasher.hash(List.of(branch), height);
          known = branch.hashIfKnown();
        }
        yield Objects.requireNonNull(known);
      }
    };
  }

  /** The subtree {@code index} at {@code height}, in a tree of {@code rootHeight}. */
  public static @Nullable Node find(@Nullable Node root, int rootHeight, int height, long index) {
    Node node = root;
    for (int level = rootHeight - 1; node != null && level >= height; level--) {
      Node.Children children = node.children();
      node = (index >>> (level - height) & 1) == 0 ? children.left() : children.right();
    }
    return node;
  }

  /**
   * The tree {@code root} with a run of neighbouring subtrees replaced.
   *
   * @param height height of the replacements
   * @param first index at that height of the first one replaced
   */
  public static @Nullable Node replace(
      @Nullable Node root, int rootHeight, int height, long first, @Nullable Node[] run) {
    return new Replacement(height, first, run).apply(root, rootHeight, 0);
  }

  /** The nodes of leaf hashes. */
  public static @Nullable Node[] leaves(Bytes32[] hashes) {
    @Nullable Node[] leaves = new @Nullable Node[hashes.length];
    for (int i = 0; i < hashes.length; i++) {
      leaves[i] = RootNode.of(hashes[i], 0);
    }
    return leaves;
  }

  /**
   * The siblings of the subtree {@code index} at {@code height}, in a tree of {@code rootHeight}.
   */
  public static SiblingPath path(@Nullable Node root, int rootHeight, int height, long index) {
    int levels = rootHeight - height;
    long bitmap = 0;
    Bytes32[] present = new Bytes32[levels];
    int count = 0;
    Node node = root;
    for (int level = rootHeight - 1; node != null && level >= height; level--) {
      boolean goesLeft = (index >>> (level - height) & 1) == 0;
      Node.Children children = node.children();
      Node sibling = goesLeft ? children.right() : children.left();
      if (sibling != null) {
        bitmap |= 1L << (level - height);
        present[count++] = hash(sibling, level);
      }
      node = goesLeft ? children.left() : children.right();
    }
    ByteBuffer encoded = ByteBuffer.allocate(Long.BYTES + Bytes32.SIZE * count);
    encoded.putLong(bitmap);
    while (count > 0) {
      encoded.put(present[--count].toByteArray());
    }
    return SiblingPath.of(encoded.array());
  }

  private static final class Replacement {
    private final int height;
    private final long first;
    private final @Nullable Node[] run;

    Replacement(int height, long first, @Nullable Node[] run) {
      this.height = height;
      this.first = first;
      this.run = run;
    }

    /**
     * @param start index at {@code height} of the first subtree below {@code node}
     */
    @Nullable Node apply(@Nullable Node node, int nodeHeight, long start) {
      long end = start + (1L << (nodeHeight - height));
      if (end <= first || start >= first + run.length) {
        return node;
      }
      if (nodeHeight == height) {
        return run[(int) (start - first)];
      }
      // What is replaced as a whole is not visited: its children may be costly to come by.
      Node.Children old =
          node == null || (start >= first && end <= first + run.length) ? null : node.children();
      long middle = start + (end - start) / 2;
      return BranchNode.of(
          apply(old == null ? null : old.left(), nodeHeight - 1, start),
          apply(old == null ? null : old.right(), nodeHeight - 1, middle));
    }
  }
}
