package dev.opml.merkle.internal;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Hashes whole pages that are written, keeping their leaves' hashes and nothing of their bytes. */
final class PageRun {
  /** Height of the nodes that {@link #nodes} makes. */
  static final int HEIGHT = PageHasher.HEIGHT;

  /** Bytes of a page. */
  static final int SIZE = PageHasher.SIZE;

  /** Pages hashed between two allocations: bounds the buffers of a large write. */
  private static final int BATCH = 64;

  private static final MemorySegment ZERO_PAGE = MemorySegment.ofArray(new byte[SIZE]).asReadOnly();

  private PageRun() {}

  /**
   * One node a page, null where it is zero.
   *
   * @param offset offset in bytes of the first page in {@code data}
   * @param count number of pages, all inside {@code data}
   */
  static @Nullable Node[] nodes(MemorySegment data, long offset, int count) {
    @Nullable Node[] nodes = new @Nullable Node[count];
    PageHasher hasher = new PageHasher(KeccakProvider.lanes(2L * PageHasher.LEAVES * count));
    int[] pages = new int[BATCH];
    int batched = 0;
    for (int page = 0; page < count; page++) {
      // Comparing costs a hundredth of hashing, and memory is often cleared.
      long start = offset + (long) page * SIZE;
      if (MemorySegment.mismatch(data, start, start + SIZE, ZERO_PAGE, 0, SIZE) >= 0) {
        pages[batched++] = page;
      }
      if (batched == BATCH || page == count - 1) {
        hashBatch(hasher, data, offset, pages, batched, nodes);
        batched = 0;
      }
    }
    return nodes;
  }

  private static void hashBatch(
      PageHasher hasher,
      MemorySegment data,
      long offset,
      int[] pages,
      int count,
      @Nullable Node[] nodes) {
    long[] offsets = new long[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = offset + (long) pages[i] * SIZE;
    }
    int leafWords = PageHasher.LEAVES * KeccakLanes.DIGEST_WORDS;
    long[] roots = new long[count * KeccakLanes.DIGEST_WORDS];
    long[] leaves = new long[count * leafWords];
    hasher.hash(data, offsets, count, roots, 0, leaves);
    for (int i = 0; i < count; i++) {
      nodes[pages[i]] =
          new PageNode(
              TreeHash.digest(roots, i * KeccakLanes.DIGEST_WORDS, 1),
              PageNode.kept(Arrays.copyOfRange(leaves, i * leafWords, (i + 1) * leafWords)));
    }
  }
}
