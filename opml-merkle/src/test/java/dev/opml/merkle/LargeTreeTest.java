package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees over data of several pages: what is kept, what is read again, and several threads. */
class LargeTreeTest {
  private static final int LEAF = 128;
  private static final int PAGE = 4096;

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 127, 128, 4095, 4096, 4097, 3 * 4096, 5 * 4096 + 129, 8 * 4096, 15 * 4096 - 1})
  void ofBytes_anySize_givesTheTreeOfThePaddedData(int size) {
    int height = 9;
    byte[] memory = new byte[LEAF << height];
    Random random = new Random(size);
    byte[] data = new byte[size];
    random.nextBytes(data);
    // A zero page inside, and a page that is zero but for its last byte.
    if (size > 4 * PAGE) {
      Arrays.fill(data, PAGE, 3 * PAGE - 1, (byte) 0);
    }
    System.arraycopy(data, 0, memory, 0, size);
    MerkleTree tree = MerkleTree.ofBytes(height, MemorySegment.ofArray(data));
    requireTreeOf(memory, height, tree);
    byte[] change = new byte[3 * LEAF];
    random.nextBytes(change);
    int offset = 30 * LEAF;
    System.arraycopy(change, 0, memory, offset, change.length);
    requireTreeOf(memory, height, tree.withBytes(offset, change));
  }

  private static void requireTreeOf(byte[] memory, int height, MerkleTree tree) {
    assertEquals(Naive.root(memory), tree.root());
    for (int level = 0; level <= height; level++) {
      for (int index = 0; index < 1 << (height - level); index += 1 + (37 >> level)) {
        assertEquals(
            Naive.path(memory, level, index),
            tree.path(level, index),
            "height " + level + ", index " + index);
        Bytes32 subtree = tree.subtreeRoot(level, index);
        assertEquals(
            tree.root(), SiblingPaths.fold(tree.path(level, index), level, height, index, subtree));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void ofBytes_anyNumberOfThreads_givesTheTreeThatWritesGive(int threads) {
    int size = 5 * (1 << 20) + 12345;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment data = arena.allocate(size);
      byte[] noise = new byte[size];
      new Random(threads).nextBytes(noise);
      data.copyFrom(MemorySegment.ofArray(noise));
      List<Long> reports = new ArrayList<>();
      MerkleTree tree = MerkleTree.ofBytes(30, data, threads, reports::add);

      byte[] padded = Arrays.copyOf(noise, (size + LEAF - 1) / LEAF * LEAF);
      MerkleTree written = MerkleTree.zero(30).withBytes(0, padded);
      assertEquals(written.root(), tree.root());
      for (long leaf : new long[] {0, 31, 32, size / LEAF, size / LEAF + 1, (1L << 30) - 1}) {
        assertEquals(written.path(0, leaf), tree.path(0, leaf), "leaf " + leaf);
      }
      assertEquals(size, reports.getLast());
      List<Long> ascending = new ArrayList<>(reports);
      Collections.sort(ascending);
      assertEquals(ascending, reports);
      assertTrue(reports.size() > 4, "reports: " + reports);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void ofBytes_progressThrows_endsWithThatException(int threads) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 << 20]);
    IllegalStateException cancelled = new IllegalStateException("cancelled");
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                MerkleTree.ofBytes(
                    20,
                    data,
                    threads,
                    done -> {
                      throw cancelled;
                    }));
    assertSame(cancelled, thrown);
  }

  @Test
  void path_dataChangedUnderTheTree_refuses() {
    byte[] data = new byte[4 * PAGE];
    new Random(4).nextBytes(data);
    MerkleTree tree = MerkleTree.ofBytes(8, MemorySegment.ofArray(data));
    tree.path(0, 40);
    data[PAGE + 5]++;
    assertThrows(IllegalStateException.class, () -> tree.path(0, 40));
    assertThrows(IllegalStateException.class, () -> tree.withBytes(33 * LEAF, new byte[LEAF]));
    assertEquals(tree.root(), SiblingPaths.fold(tree.path(5, 1), 5, 8, 1, tree.subtreeRoot(5, 1)));
  }

  @Test
  void withBytes_arrayChangedAfterwards_keepsWhatWasWritten() {
    byte[] bytes = new byte[3 * PAGE];
    new Random(5).nextBytes(bytes);
    byte[] before = Arrays.copyOf(bytes, LEAF << 7);
    MerkleTree tree = MerkleTree.zero(7).withBytes(0, bytes);
    Arrays.fill(bytes, (byte) 1);
    requireTreeOf(before, 7, tree);
  }

  @Test
  void withBytes_partOfALongRun_sharesAndCollapses() {
    byte[] bytes = new byte[200 * PAGE];
    new Random(6).nextBytes(bytes);
    MerkleTree tree = MerkleTree.zero(33).withBytes(PAGE - LEAF, bytes);
    MerkleTree overwritten = tree.withBytes(7 * PAGE + LEAF, new byte[150 * PAGE]);
    MerkleTree cleared = overwritten.withBytes(0, new byte[202 * PAGE]);
    assertEquals(ZeroSubtrees.root(33), cleared.root());
    assertEquals(8, cleared.path(0, 12).encoded().length);
    byte[] memory = new byte[256 * PAGE];
    System.arraycopy(bytes, 0, memory, PAGE - LEAF, bytes.length);
    Arrays.fill(memory, 7 * PAGE + LEAF, 157 * PAGE + LEAF, (byte) 0);
    MerkleTree expected = MerkleTree.ofBytes(33, MemorySegment.ofArray(memory));
    assertEquals(expected.root(), overwritten.root());
    for (long leaf : new long[] {0, 31, 224, 225, 5023, 5024, 5025, 6463}) {
      assertEquals(expected.path(0, leaf), overwritten.path(0, leaf), "leaf " + leaf);
    }
  }

  @Test
  void root_firstAskedByManyThreads_isTheSame() throws Exception {
    byte[] bytes = new byte[64 * LEAF];
    new Random(7).nextBytes(bytes);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 50; round++) {
        MerkleTree tree = MerkleTree.zero(33);
        for (int leaf = 0; leaf < 64; leaf++) {
          tree =
              tree.withBytes(
                  977L * leaf * LEAF, Arrays.copyOfRange(bytes, leaf * LEAF, (leaf + 1) * LEAF));
        }
        MerkleTree shared = tree;
        List<Future<Bytes32>> roots =
            threads.invokeAll(
                Collections.nCopies(
                    4,
                    (Callable<Bytes32>)
                        () ->
                            SiblingPaths.fold(
                                shared.path(0, 977), 0, 33, 977, shared.subtreeRoot(0, 977))));
        for (Future<Bytes32> root : roots) {
          assertEquals(shared.root(), root.get(), "round " + round);
        }
      }
    }
  }
}
