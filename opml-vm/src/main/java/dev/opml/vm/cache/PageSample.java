package dev.opml.vm.cache;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.PageHashes;
import dev.opml.merkle.SiblingPaths;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/**
 * A fingerprint of a file: the pages in its first and last 64 KiB, where its metadata and the end
 * of its last tensor are, and 64 pages evenly spaced between.
 */
final class PageSample {
  private static final int END_PAGES = (64 << 10) / PageHashes.PAGE_SIZE;
  private static final int SPACED_PAGES = 64;

  private PageSample() {}

  /** Indexes of the pages, ascending, each once. */
  static long[] pages(long size) {
    long count = (size + PageHashes.PAGE_SIZE - 1) / PageHashes.PAGE_SIZE;
    // The last 64 KiB of a file that ends inside a page begin inside one.
    LongStream ends =
        LongStream.concat(
            LongStream.range(0, END_PAGES), LongStream.range(count - END_PAGES - 1, count));
    LongStream spaced = LongStream.range(0, SPACED_PAGES).map(i -> i * count / SPACED_PAGES);
    return LongStream.concat(ends, spaced)
        .filter(page -> page >= 0 && page < count)
        .sorted()
        .distinct()
        .toArray();
  }

  /**
   * Whether the sampled pages of {@code data}, hashed again, have the hashes that {@code tree} has
   * for them, and lead to its root.
   */
  static boolean matches(MerkleTree tree, MemorySegment data) {
    Bytes32 root = tree.root();
    for (long page : pages(data.byteSize())) {
      Bytes32 hash = hash(data, page);
      Bytes32 folded =
          SiblingPaths.fold(
              tree.path(PageHashes.PAGE_HEIGHT, page),
              PageHashes.PAGE_HEIGHT,
              tree.height(),
              page,
              hash);
      // The path holds the hashes beside the page's own.
      if (!folded.equals(root) || !tree.subtreeRoot(PageHashes.PAGE_HEIGHT, page).equals(hash)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The root of a page, hash by hash: for so few pages, the vector kernel would take longer to be
   * compiled than this takes in all.
   */
  private static Bytes32 hash(MemorySegment data, long page) {
    byte[] bytes = new byte[PageHashes.PAGE_SIZE];
    long start = page * PageHashes.PAGE_SIZE;
    long length = Math.min(bytes.length, data.byteSize() - start);
    MemorySegment.copy(data, start, MemorySegment.ofArray(bytes), 0, length);
    Bytes32[] hashes = new Bytes32[1 << PageHashes.PAGE_HEIGHT];
    for (int leaf = 0; leaf < hashes.length; leaf++) {
      hashes[leaf] = Keccak256.leaf(bytes, leaf * (bytes.length / hashes.length));
    }
    for (int count = hashes.length / 2; count > 0; count /= 2) {
      for (int node = 0; node < count; node++) {
        hashes[node] = Keccak256.node(hashes[2 * node], hashes[2 * node + 1]);
      }
    }
    return hashes[0];
  }
}
