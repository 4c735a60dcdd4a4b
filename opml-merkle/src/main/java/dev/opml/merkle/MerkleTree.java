package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.AlignedRun;
import dev.opml.merkle.internal.BranchHasher;
import dev.opml.merkle.internal.Leaves;
import dev.opml.merkle.internal.Node;
import dev.opml.merkle.internal.PageLevels;
import dev.opml.merkle.internal.PagedTree;
import dev.opml.merkle.internal.Subtrees;
import dev.opml.merkle.internal.Writes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree of a memory of {@code 128 << height} bytes.
 *
 * <p>Leaves are the Keccak-256 hashes of 128 bytes, inner nodes those of two roots (64 bytes). A
 * tree is immutable and thread-safe; a changed copy shares what did not change. Zero subtrees take
 * no room, and equal content gives equal roots and equal paths however it was written. Hashes above
 * written leaves are computed when a root or path first needs them, so a run of writes costs its
 * leaves only.
 */
public final class MerkleTree {
  private static final int LEAF_SIZE = MemoryRegion.LEAF_SIZE;

  private final int height;
  private final @Nullable Node root;

  private MerkleTree(int height, @Nullable Node root) {
    this.height = height;
    this.root = root;
  }

  /**
   * The tree over memory that is all zero.
   *
   * @param height 0 (one leaf) to {@link ZeroSubtrees#MAX_HEIGHT}
   * @throws IllegalArgumentException if {@code height} is outside that range
   */
  public static MerkleTree zero(int height) {
    requireHeights(0, height);
    return new MerkleTree(height, null);
  }

  /** As {@link #ofBytes(int, MemorySegment, int, LongConsumer)}, on the calling thread. */
  public static MerkleTree ofBytes(int height, MemorySegment data) {
    return ofBytes(height, data, 1, done -> {});
  }

  /** As {@link #ofBytes(int, MemorySegment, int, LongConsumer)}, on the calling thread. */
  public static MerkleTree ofBytes(int height, MemorySegment data, LongConsumer progress) {
    return ofBytes(height, data, 1, progress);
  }

  /** As {@link #ofBytes(int, MemorySegment, int, LongConsumer)}, without reports. */
  public static MerkleTree ofBytes(int height, MemorySegment data, int threads) {
    return ofBytes(height, data, threads, done -> {});
  }

  /**
   * The tree over {@code data} followed by zeros.
   *
   * <p>The tree keeps hashes of 4 KiB pages and reads the pages' bytes again when an opening needs
   * them: {@code data} must stay unchanged and accessible as long as the tree, or a tree made from
   * it, is used. Where it has changed, opening fails with an {@link IllegalStateException}.
   *
   * @param height 0 to {@link ZeroSubtrees#MAX_HEIGHT}
   * @param data any size up to {@code 128 << height} bytes; with several threads, accessible to all
   * @param threads threads that hash, at least 1; the calling thread is one of them
   * @param progress told the bytes done so far, ascending, by any of the threads, one at a time;
   *     what it throws ends the build and is thrown to the caller
   * @throws IllegalArgumentException if {@code height} or {@code threads} is out of range or the
   *     data is larger than the tree
   */
  public static MerkleTree ofBytes(
      int height, MemorySegment data, int threads, LongConsumer progress) {
    requireThreads(threads);
    requireFits(height, data);
    if (height < PagedTree.MIN_HEIGHT) {
      int leaves = (int) ((data.byteSize() + LEAF_SIZE - 1) / LEAF_SIZE);
      Node root =
          Subtrees.replace(null, height, 0, 0, Subtrees.leaves(Leaves.hash(data, 0, leaves)));
      progress.accept(data.byteSize());
      return new MerkleTree(height, root);
    }
    return of(height, data, PageLevels.build(data, threads, progress));
  }

  /** The tree over {@code data} whose hashes are {@code levels}. */
  static MerkleTree of(int height, MemorySegment data, PageLevels levels) {
    requireFits(height, data);
    if (height < PagedTree.MIN_HEIGHT) {
      throw new IllegalArgumentException(
          "height must be at least " + PagedTree.MIN_HEIGHT + ", got " + height);
    }
    return new MerkleTree(height, PagedTree.of(height, data, levels));
  }

  /** Height of the tree: 0 is a single leaf. */
  public int height() {
    return height;
  }

  /** Root of the tree. */
  public Bytes32 root() {
    return Subtrees.hash(root, height);
  }

  /**
   * Roots of trees that share most of what they hold, as successive states of a memory do: hashed
   * together, level by level in vector lanes, and so faster than one by one.
   *
   * @param trees trees of one height
   * @throws IllegalArgumentException if their heights differ
   */
  public static List<Bytes32> roots(List<MerkleTree> trees) {
    List<@Nullable Node> nodes = new ArrayList<>();
    for (MerkleTree tree : trees) {
      if (tree.height != trees.getFirst().height) {
        throw new IllegalArgumentException(
            "trees of heights " + trees.getFirst().height + " and " + tree.height);
      }
      nodes.add(tree.root);
    }
    if (!nodes.isEmpty()) {
      BranchHasher.hash(nodes, trees.getFirst().height);
    }
    return trees.stream().map(MerkleTree::root).toList();
  }

  /**
   * Root of a subtree.
   *
   * @param height height of the subtree, 0 (leaf) to {@link #height()}
   * @param index index of the subtree at its height, from 0
   * @throws IllegalArgumentException if there is no such subtree
   */
  public Bytes32 subtreeRoot(int height, long index) {
    requireSubtree(height, index);
    return Subtrees.hash(Subtrees.find(root, this.height, height, index), height);
  }

  /** Root of a region's subtree, in a tree over persistent memory or all of it. */
  public Bytes32 subtreeRoot(MemoryRegion region) {
    return subtreeRoot(region.height(), region.subtreeIndex());
  }

  /**
   * The siblings that lead from a subtree to this tree's root; a sibling that is a zero subtree is
   * always encoded as absent.
   *
   * @param height height of the subtree, 0 (leaf) to {@link #height()}
   * @param index index of the subtree at its height, from 0
   * @throws IllegalArgumentException if there is no such subtree
   */
  public SiblingPath path(int height, long index) {
    requireSubtree(height, index);
    return Subtrees.path(root, this.height, height, index);
  }

  /** Siblings of a region's subtree, in a tree over persistent memory or all of it. */
  public SiblingPath path(MemoryRegion region) {
    return path(region.height(), region.subtreeIndex());
  }

  /**
   * This tree with bytes overwritten.
   *
   * @param offset offset in bytes of the first byte written, a multiple of 128
   * @param bytes what to write, not retained; a multiple of 128 bytes
   * @throws IllegalArgumentException if offset or size is no multiple of 128
   * @throws IndexOutOfBoundsException if the bytes do not fit into the tree
   */
  public MerkleTree withBytes(long offset, byte[] bytes) {
    return withBytes(offset, MemorySegment.ofArray(bytes));
  }

  /** As {@link #withBytes(long, byte[])}. */
  public MerkleTree withBytes(long offset, MemorySegment bytes) {
    if (offset % LEAF_SIZE != 0 || bytes.byteSize() % LEAF_SIZE != 0) {
      throw new IllegalArgumentException(
          "offset " + offset + " and size " + bytes.byteSize() + " must be multiples of 128");
    }
    long first = offset / LEAF_SIZE;
    long count = bytes.byteSize() / LEAF_SIZE;
    requireLeaves(first, count);
    return new MerkleTree(height, Writes.apply(root, height, first, bytes));
  }

  /**
   * This tree with leaves replaced of which only the roots of {@code run} are kept. What reads or
   * writes below such a root fails with an {@link IllegalStateException}: so runs in one tree have
   * to be over the same leaves, or over none that they share.
   *
   * @throws IndexOutOfBoundsException if the run is not inside the tree
   */
  public MerkleTree withRun(LeafRun run) {
    AlignedRun aligned = run.aligned();
    requireLeaves(aligned.first(), aligned.leaves());
    return new MerkleTree(height, aligned.applyTo(root, height));
  }

  /**
   * This tree with a whole subtree replaced; nothing is hashed.
   *
   * @param height height of the subtree, the same as that of {@code subtree}
   * @param index index of the subtree at its height, from 0
   * @throws IllegalArgumentException if there is no such subtree, or {@code subtree} has another
   *     height
   */
  public MerkleTree withSubtree(int height, long index, MerkleTree subtree) {
    requireSubtree(height, index);
    if (subtree.height != height) {
      throw new IllegalArgumentException(
          "expected a subtree of height " + height + ", got " + subtree.height);
    }
    return new MerkleTree(
        this.height,
        Subtrees.replace(root, this.height, height, index, new @Nullable Node[] {subtree.root}));
  }

  /** This tree, over persistent memory or all of it, with a region's subtree replaced. */
  public MerkleTree withSubtree(MemoryRegion region, MerkleTree subtree) {
    return withSubtree(region.height(), region.subtreeIndex(), subtree);
  }

  static void requireThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + threads);
    }
  }

  private static void requireFits(int height, MemorySegment data) {
    requireHeights(0, height);
    long capacity = (long) LEAF_SIZE << height;
    if (data.byteSize() > capacity) {
      throw new IllegalArgumentException(
          "data of " + data.byteSize() + " bytes in a tree of " + capacity);
    }
  }

  private void requireLeaves(long first, long count) {
    if (first < 0 || first > (1L << height) - count) {
      throw new IndexOutOfBoundsException(
          count + " leaves from " + first + " of " + (1L << height));
    }
  }

  private void requireSubtree(int height, long index) {
    requireHeights(height, this.height);
    if (index >>> (this.height - height) != 0) {
      throw new IllegalArgumentException(
          "no subtree " + index + " at height " + height + " of " + this.height);
    }
  }

  static void requireHeights(int height, int treeHeight) {
    if (height < 0 || treeHeight < height || treeHeight > ZeroSubtrees.MAX_HEIGHT) {
      throw new IllegalArgumentException(
          "heights must be 0 <= height <= tree height <= "
              + ZeroSubtrees.MAX_HEIGHT
              + ", got "
              + height
              + " and "
              + treeHeight);
    }
  }
}
