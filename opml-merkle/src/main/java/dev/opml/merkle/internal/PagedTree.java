package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The tree over a large piece of memory that does not change. Has the hashes of pages and above in
 * flat buffers, 64 bytes for each 4 KiB; what is below a page is hashed again when it is asked for.
 */
public final class PagedTree {
  /** Least height of a tree that holds a page. */
  public static final int MIN_HEIGHT = PageHasher.HEIGHT;

  private final MemorySegment data;
  private final PageLevels levels;

  private PagedTree(MemorySegment data, PageLevels levels) {
    this.data = data;
    this.levels = levels;
  }

  /**
   * The tree of {@code data} followed by zeros.
   *
   * @param height height of the tree, at least {@link #MIN_HEIGHT} and enough for {@code data}
   * @param data unchanged and accessible as long as the node or a part of it is used
   * @param levels the hashes of {@code data}
   */
  public static @Nullable Node of(int height, MemorySegment data, PageLevels levels) {
    if (levels.size() == 0) {
      return null;
    }
    Node node = new PagedTree(data, levels).node(levels.size() - 1, 0);
    for (int top = PageHasher.HEIGHT + levels.size() - 1; top < height; top++) {
      node = BranchNode.of(node, null);
    }
    return node;
  }

  /** The subtree {@code index} at {@code level}, counted from the pages. */
  @Nullable Node node(int level, int index) {
    if (index >= levels.count(level)) {
      return null;
    }
    Bytes32 root = levels.root(level, index);
    if (root.equals(ZeroRoots.root(PageHasher.HEIGHT + level))) {
      return null;
    }
    return level == 0
        ? new PageNode(root, new PageNode.Reread(data, (long) index * PageHasher.SIZE))
        : new PagedNode(this, level, index, root);
  }
}
