package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The roots of all subtrees that a piece of memory reaches into, from pages of 4 KiB to the one
 * that holds it whole: for each height an array as {@link LevelHasher#newLevel} lays it out, so
 * that an odd level ends with the zero subtree. Empty memory has no levels.
 */
public final class PageLevels {
  private static final int BUFFER_WORDS = 1 << 15;

  private final List<LongBuffer> levels;

  private PageLevels(List<LongBuffer> levels) {
    this.levels = levels;
  }

  /** Hashes {@code data}; parameters as those of {@code MerkleTree.ofBytes}. */
  public static PageLevels build(MemorySegment data, int threads, LongConsumer progress) {
    List<LongBuffer> levels = new ArrayList<>();
    if (data.byteSize() > 0) {
      long[] level = new PageBuild(data, progress).run(threads);
      levels.add(LongBuffer.wrap(level));
      while (level.length > KeccakLanes.DIGEST_WORDS) {
        int top = PageHasher.HEIGHT + levels.size() - 1;
        KeccakLanes kernel = KeccakProvider.lanes(level.length / KeccakLanes.NODE_WORDS);
        level = LevelHasher.above(kernel, level, top);
        levels.add(LongBuffer.wrap(level));
      }
    }
    return new PageLevels(levels);
  }

  /**
   * Levels that {@link #write} wrote, read where they are.
   *
   * @param stored {@link #encodedSize} bytes, unchanged and accessible as long as they are used
   */
  public static PageLevels stored(MemorySegment stored, long dataSize) {
    List<LongBuffer> levels = new ArrayList<>();
    long start = 0;
    for (int count : counts(dataSize)) {
      long size = (long) count * KeccakLanes.DIGEST_WORDS * Long.BYTES;
      ByteBuffer level = stored.asSlice(start, size).asByteBuffer();
      levels.add(level.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
      start += size;
    }
    return new PageLevels(levels);
  }

  /** Writes all levels, from the pages up: 32 bytes a root, in the order of their addresses. */
  public void write(OutputStream out) throws IOException {
    // Words hold digests as Keccak writes them, so that these have their bytes in order.
    ByteBuffer buffer =
        ByteBuffer.allocate(BUFFER_WORDS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (LongBuffer level : levels) {
      for (int done = 0; done < level.capacity(); ) {
        int words = Math.min(BUFFER_WORDS, level.capacity() - done);
        buffer.asLongBuffer().put(0, level, done, words);
        out.write(buffer.array(), 0, words * Long.BYTES);
        done += words;
      }
    }
  }

  /** Bytes that {@link #write} writes for memory of {@code dataSize} bytes. */
  public static long encodedSize(long dataSize) {
    long digests = counts(dataSize).stream().mapToLong(Integer::longValue).sum();
    return digests * KeccakLanes.DIGEST_WORDS * Long.BYTES;
  }

  /** Digests of each level. */
  private static List<Integer> counts(long dataSize) {
    List<Integer> counts = new ArrayList<>();
    int count = PageBuild.pages(dataSize);
    while (count > 0) {
      int padded = LevelHasher.padded(count);
      counts.add(padded);
      count = padded / 2;
    }
    return counts;
  }

  /** Number of levels. */
  int size() {
    return levels.size();
  }

  /** The root {@code index} at {@code level}, counted from the pages. */
  Bytes32 root(int level, int index) {
    return TreeHash.digest(levels.get(level), index * KeccakLanes.DIGEST_WORDS);
  }

  /** Number of roots at {@code level}. */
  int count(int level) {
    return levels.get(level).capacity() / KeccakLanes.DIGEST_WORDS;
  }
}
