package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tree over a large piece of memory that does not change. Keeps the hashes of pages and above
 * in flat arrays, 64 bytes for each 4 KiB; what is below a page is hashed again when it is asked
 * for.
 */
public final class PagedTree {
  /** Least height of a tree that holds a page. */
  public static final int MIN_HEIGHT = PageHasher.HEIGHT;

  private final MemorySegment data;

  /** For each height from that of a page: the roots of the subtrees that data reaches into. */
  private final List<long[]> levels;

  private PagedTree(MemorySegment data, List<long[]> levels) {
    this.data = data;
    this.levels = levels;
  }

  /**
   * The tree of {@code data} followed by zeros.
   *
   * @param height height of the tree, at least {@link #MIN_HEIGHT} and enough for {@code data}
   * @param data unchanged and accessible as long as the node or a part of it is used
   * @param threads threads that hash, the calling one among them
   * @param progress told the bytes done, ascending, one call at a time
   */
  public static @Nullable Node build(
      int height, MemorySegment data, int threads, LongConsumer progress) {
    if (data.byteSize() == 0) {
      return null;
    }
    List<long[]> levels = new ArrayList<>();
    levels.add(new PageBuild(data, progress).run(threads));
    while (count(levels.getLast()) > 1) {
      int top = PageHasher.HEIGHT + levels.size() - 1;
      levels.add(LevelHasher.above(KeccakProvider.lanes(), levels.getLast(), top));
    }
    Node node = new PagedTree(data, levels).node(levels.size() - 1, 0);
    for (int top = PageHasher.HEIGHT + levels.size() - 1; top < height; top++) {
      node = BranchNode.of(node, null);
    }
    return node;
  }

  private static int count(long[] level) {
    return level.length / KeccakLanes.DIGEST_WORDS;
  }

  /** The subtree {@code index} at {@code level}, counted from the pages. */
  @Nullable Node node(int level, int index) {
    long[] roots = levels.get(level);
    if (index >= count(roots)) {
      return null;
    }
    Bytes32 root = TreeHash.digest(roots, index * KeccakLanes.DIGEST_WORDS, 1);
    if (root.equals(ZeroRoots.root(PageHasher.HEIGHT + level))) {
      return null;
    }
    return level == 0
        ? new PageNode(root, new PageNode.Reread(data, (long) index * PageHasher.SIZE))
        : new PagedNode(this, level, index, root);
  }
}
