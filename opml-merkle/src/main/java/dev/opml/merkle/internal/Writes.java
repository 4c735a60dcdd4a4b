package dev.opml.merkle.internal;

import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Overwrites a run of leaves: as pages where whole pages are covered, as single leaves elsewhere.
 */
public final class Writes {
  private Writes() {}

  /**
   * The tree {@code root} with {@code bytes} from the leaf {@code first} on.
   *
   * @param bytes whole leaves, inside the tree; not retained
   */
  public static @Nullable Node apply(
      @Nullable Node root, int height, long first, MemorySegment bytes) {
    long end = first + bytes.byteSize() / MemoryRegion.LEAF_SIZE;
    long firstPage = (first + PageHasher.LEAVES - 1) / PageHasher.LEAVES;
    long endPage = end / PageHasher.LEAVES;
    if (endPage <= firstPage) {
      return leaves(root, height, first, bytes, first, end);
    }
    long pagesStart = firstPage * PageHasher.LEAVES;
    long pagesEnd = endPage * PageHasher.LEAVES;
    Node node = leaves(root, height, first, bytes, first, pagesStart);
    node =
        Subtrees.replace(
            node,
            height,
            PageRun.HEIGHT,
            firstPage,
            PageRun.nodes(
                bytes,
                (pagesStart - first) * MemoryRegion.LEAF_SIZE,
                Math.toIntExact(endPage - firstPage)));
    return leaves(node, height, first, bytes, pagesEnd, end);
  }

  /** Writes the leaves {@code [from, to)}; {@code bytes} begins at the leaf {@code first}. */
  private static @Nullable Node leaves(
      @Nullable Node root, int height, long first, MemorySegment bytes, long from, long to) {
    if (from == to) {
      return root;
    }
    long offset = (from - first) * MemoryRegion.LEAF_SIZE;
    return Subtrees.replace(
        root, height, 0, from, Subtrees.leaves(Leaves.hash(bytes, offset, (int) (to - from))));
  }
}
