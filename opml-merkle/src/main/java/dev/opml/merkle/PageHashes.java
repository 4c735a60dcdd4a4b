package dev.opml.merkle;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.PageLevels;
import dev.opml.merkle.internal.PagedTree;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/**
 * What a {@link MerkleTree} keeps of a large piece of memory: the hashes of its 4 KiB pages and of
 * all subtrees above them, 64 bytes a page. It can be stored, so that memory that has not changed
 * need not be hashed again.
 *
 * <p>The stored form is the hashes alone, with nothing that tells which memory they belong to and
 * no checksum: that is for whoever stores them. The hashes above the pages are stored too, though
 * they follow from the pages': a JVM that has just started hashes slowly, and needs a second to
 * compute those of 4 GB. Immutable and thread-safe.
 */
public final class PageHashes {
  /** Height of a page's subtree, and the least height of a {@link #tree}: 5. */
  public static final int PAGE_HEIGHT = PagedTree.MIN_HEIGHT;

  /** Bytes of a page: 4096. */
  public static final int PAGE_SIZE = MemoryRegion.LEAF_SIZE << PAGE_HEIGHT;

  private final PageLevels levels;
  private final long dataSize;

  private PageHashes(PageLevels levels, long dataSize) {
    this.levels = levels;
    this.dataSize = dataSize;
  }

  /**
   * Hashes memory.
   *
   * @param data any size; with several threads, accessible to all
   * @param threads threads that hash, at least 1; the calling thread is one of them
   * @param progress told the bytes done so far, ascending, by any of the threads, one at a time;
   *     what it throws ends the build and is thrown to the caller
   * @throws IllegalArgumentException if {@code threads} is out of range
   */
  public static PageHashes of(MemorySegment data, int threads, LongConsumer progress) {
    MerkleTree.requireThreads(threads);
    return new PageHashes(PageLevels.build(data, threads, progress), data.byteSize());
  }

  /**
   * Hashes that {@link #writeTo} wrote, read where they are; they are not checked.
   *
   * @param stored {@link #encodedSize} bytes, unchanged and accessible as long as the hashes, or
   *     trees that have them, are used
   * @param dataSize bytes of the memory they belong to
   * @throws IllegalArgumentException if {@code stored} has another size
   */
  public static PageHashes stored(MemorySegment stored, long dataSize) {
    if (stored.byteSize() != encodedSize(dataSize)) {
      throw new IllegalArgumentException(
          "expected " + encodedSize(dataSize) + " bytes of hashes, got " + stored.byteSize());
    }
    return new PageHashes(PageLevels.stored(stored, dataSize), dataSize);
  }

  /** Writes {@link #encodedSize} bytes; the stream stays open. */
  public void writeTo(OutputStream out) throws IOException {
    levels.write(out);
  }

  /**
   * Bytes of the stored hashes of memory of {@code dataSize} bytes: a 64th of it, or little more.
   */
  public static long encodedSize(long dataSize) {
    return PageLevels.encodedSize(dataSize);
  }

  /**
   * The tree over {@code data} followed by zeros; nothing is hashed.
   *
   * @param height {@link #PAGE_HEIGHT} to {@link ZeroSubtrees#MAX_HEIGHT}
   * @param data the memory that was hashed, with the obligations of {@link MerkleTree#ofBytes(int,
   *     MemorySegment, int, LongConsumer)}: where its bytes are others, opening a page fails with
   *     an {@link IllegalStateException}, and roots are those of the memory that was hashed
   * @throws IllegalArgumentException if {@code height} is out of range, or the data is larger than
   *     the tree or not of the size that was hashed
   */
  public MerkleTree tree(int height, MemorySegment data) {
    if (data.byteSize() != dataSize) {
      throw new IllegalArgumentException(
          "hashes of " + dataSize + " bytes for data of " + data.byteSize());
    }
    return MerkleTree.of(height, data, levels);
  }
}
