package dev.opml.merkle.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageHasherTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void hash_anyWidthAndCount_givesRootsAndLeaves(int lanes) throws Throwable {
    PageHasher hasher = new PageHasher(KeccakLanesTest.kernel(lanes));
    byte[] bytes = new byte[19 * PageHasher.SIZE - 77];
    new Random(lanes).nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes);
    for (int count : new int[] {1, 2, 7, 8, 9, 19}) {
      long[] pages = new long[count];
      for (int page = 0; page < count; page++) {
        pages[page] = (18L - page) * PageHasher.SIZE;
      }
      long[] roots = new long[(count + 1) * KeccakLanes.DIGEST_WORDS];
      long[] leaves = new long[count * PageHasher.LEAVES * KeccakLanes.DIGEST_WORDS];
      hasher.hash(data, pages, count, roots, 1, leaves);
      for (int page = 0; page < count; page++) {
        requirePage(data, pages[page], roots, 1 + page, leaves, page);
      }
    }
  }

  private static void requirePage(
      MemorySegment data, long offset, long[] roots, int root, long[] leaves, int page) {
    byte[] bytes = new byte[PageHasher.SIZE];
    long available = Math.min(bytes.length, data.byteSize() - offset);
    MemorySegment.copy(data, offset, MemorySegment.ofArray(bytes), 0, available);
    Bytes32[] level = new Bytes32[PageHasher.LEAVES];
    for (int leaf = 0; leaf < level.length; leaf++) {
      level[leaf] = TreeHash.leaf(MemorySegment.ofArray(bytes), 128L * leaf);
      assertEquals(
          level[leaf],
          TreeHash.digest(leaves, (page * PageHasher.LEAVES + leaf) * KeccakLanes.DIGEST_WORDS, 1),
          "page " + page + ", leaf " + leaf);
    }
    for (int count = level.length / 2; count > 0; count /= 2) {
      for (int node = 0; node < count; node++) {
        level[node] = TreeHash.node(level[2 * node], level[2 * node + 1]);
      }
    }
    assertEquals(
        level[0], TreeHash.digest(roots, root * KeccakLanes.DIGEST_WORDS, 1), "page " + page);
  }

  @Test
  void hash_pagesBehindTwoGibibytes_readsThosePages(@TempDir Path folder) throws IOException {
    long far = (5L << 30) + PageHasher.SIZE;
    byte[] bytes = new byte[PageHasher.SIZE];
    new Random(3).nextBytes(bytes);
    try (FileChannel file =
            FileChannel.open(
                folder.resolve("sparse"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) {
      file.write(ByteBuffer.wrap(bytes), far);
      MemorySegment data = file.map(FileChannel.MapMode.READ_ONLY, 0, far + PageHasher.SIZE, arena);
      long[] roots = new long[2 * KeccakLanes.DIGEST_WORDS];
      PageHasher hasher = new PageHasher(KeccakProvider.lanes());
      hasher.hash(data, new long[] {far, far - PageHasher.SIZE}, 2, roots, 0, null);
      long[] expected = new long[KeccakLanes.DIGEST_WORDS];
      hasher.hash(MemorySegment.ofArray(bytes), new long[] {0}, 1, expected, 0, null);
      assertEquals(TreeHash.digest(expected, 0, 1), TreeHash.digest(roots, 0, 1));
      assertEquals(
          ZeroRoots.root(PageHasher.HEIGHT), TreeHash.digest(roots, KeccakLanes.DIGEST_WORDS, 1));
      assertArrayEquals(
          Leaves.hash(MemorySegment.ofArray(bytes), 0, PageHasher.LEAVES),
          new PageNode.Reread(data, far).hashes());
    }
  }
}
