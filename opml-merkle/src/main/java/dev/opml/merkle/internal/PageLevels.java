package dev.opml.merkle.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  private final List<long[]> levels;

  private PageLevels(List<long[]> levels) {
    this.levels = levels;
  }

  /** Hashes {@code data}; parameters as those of {@code MerkleTree.ofBytes}. */
  public static PageLevels build(MemorySegment data, int threads, LongConsumer progress) {
    List<long[]> levels = new ArrayList<>();
    if (data.byteSize() > 0) {
      levels.add(new PageBuild(data, progress).run(threads));
      while (count(levels.getLast()) > 1) {
        int top = PageHasher.HEIGHT + levels.size() - 1;
        KeccakLanes kernel = KeccakProvider.lanes(count(levels.getLast()) / 2);
        levels.add(LevelHasher.above(kernel, levels.getLast(), top));
      }
    }
    return new PageLevels(levels);
  }

  /**
   * Reads what {@link #write} wrote; nothing is hashed.
   *
   * @param dataSize bytes of the memory; alone says how much is read
   * @throws EOFException if the stream ends before
   */
  public static PageLevels read(InputStream in, long dataSize) throws IOException {
    byte[] buffer = new byte[BUFFER_WORDS * Long.BYTES];
    List<long[]> levels = new ArrayList<>();
    for (int count : counts(dataSize)) {
      long[] level = new long[Math.multiplyExact(count, KeccakLanes.DIGEST_WORDS)];
      for (int done = 0; done < level.length; ) {
        int words = Math.min(BUFFER_WORDS, level.length - done);
        int bytes = words * Long.BYTES;
        if (in.readNBytes(buffer, 0, bytes) < bytes) {
          throw new EOFException("the hashes end early");
        }
        littleEndian(buffer, bytes).asLongBuffer().get(level, done, words);
        done += words;
      }
      levels.add(level);
    }
    return new PageLevels(levels);
  }

  /** Writes all levels, from the pages up: 32 bytes a root, in the order of their addresses. */
  public void write(OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_WORDS * Long.BYTES];
    for (long[] level : levels) {
      for (int done = 0; done < level.length; ) {
        int words = Math.min(BUFFER_WORDS, level.length - done);
        int bytes = words * Long.BYTES;
        littleEndian(buffer, bytes).asLongBuffer().put(level, done, words);
        out.write(buffer, 0, bytes);
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

  // Words hold digests as Keccak writes them, so the file has the digests' bytes in their order.
  private static ByteBuffer littleEndian(byte[] buffer, int bytes) {
    return ByteBuffer.wrap(buffer, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of levels. */
  int size() {
    return levels.size();
  }

  /** The roots at {@code level}, counted from the pages. */
  long[] get(int level) {
    return levels.get(level);
  }

  /** Number of roots at {@code level}. */
  int count(int level) {
    return count(levels.get(level));
  }

  private static int count(long[] level) {
    return level.length / KeccakLanes.DIGEST_WORDS;
  }
}
