package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs of leaves, and roots of many states of a memory, against trees from scratch. */
class LeafRunTest {
  private static final int LEAF = 128;

  private static LeafRun run(long first, byte[] bytes) {
    int offset = bytes.length % 7;
    long[] words = new long[offset + bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(words, offset, words.length - offset);
    return LeafRun.of(first, bytes.length / LEAF, words, offset);
  }

  private static byte[] content(Random random, int leaves) {
    byte[] bytes = new byte[leaves * LEAF];
    if (random.nextInt(4) > 0) {
      random.nextBytes(bytes);
    }
    if (leaves > 2 && random.nextBoolean()) {
      Arrays.fill(bytes, LEAF, (leaves - 1) * LEAF, (byte) 0);
    }
    return bytes;
  }

  @Test
  void withRun_anyPlaceAndLength_givesTheTreeOfTheContent() {
    int height = 6;
    Random random = new Random(6);
    byte[] before = content(random, 1 << height);
    MerkleTree tree = MerkleTree.zero(height).withBytes(0, before);
    for (int first = 0; first < 1 << height; first++) {
      for (int leaves = 0; first + leaves <= 1 << height; leaves += 1 + leaves / 5) {
        byte[] bytes = content(random, leaves);
        MerkleTree after = tree.withRun(run(first, bytes));
        byte[] memory = before.clone();
        System.arraycopy(bytes, 0, memory, first * LEAF, bytes.length);
        String where = leaves + " leaves from " + first;
        assertEquals(Naive.root(memory), after.root(), where);
        int outside = random.nextInt(1 << height);
        if (outside < first || outside >= first + leaves) {
          assertEquals(Naive.path(memory, 0, outside), after.path(0, outside), where);
        }
      }
    }
  }

  @Test
  void roots_anySequenceOfRunsOverTheSamePlaces_areThoseOfTreesFromScratch() {
    int height = 9;
    for (long seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      int[] cuts = random.ints(8, 0, (1 << height) + 1).sorted().toArray();
      byte[] memory = new byte[LEAF << height];
      MerkleTree tree = MerkleTree.zero(height);
      for (int round = 0; round < 4; round++) {
        List<MerkleTree> states = new ArrayList<>();
        List<Bytes32> expected = new ArrayList<>();
        for (int state = random.nextInt(12); state >= 0; state--) {
          for (int write = random.nextInt(3); write > 0; write--) {
            int place = random.nextInt(cuts.length - 1);
            byte[] bytes = content(random, cuts[place + 1] - cuts[place]);
            System.arraycopy(bytes, 0, memory, cuts[place] * LEAF, bytes.length);
            tree = tree.withRun(run(cuts[place], bytes));
          }
          states.add(tree);
          expected.add(Naive.root(memory));
        }
        assertEquals(expected, MerkleTree.roots(states), "seed " + seed + ", round " + round);
      }
    }
  }

  @Test
  void of_severalRunsOnThreads_givesTheTreeOfTheirContent() {
    int height = 8;
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] memory = new byte[LEAF << height];
      random.nextBytes(memory);
      long[] words = new long[memory.length / Long.BYTES];
      ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
      List<LeafRun.Source> sources = new ArrayList<>();
      for (int first = 0; first < 1 << height; ) {
        int leaves = Math.min(random.nextInt(3) << random.nextInt(5), (1 << height) - first);
        sources.add(new LeafRun.Source(first, leaves, first * LEAF / Long.BYTES));
        first += leaves;
      }
      Collections.shuffle(sources, random);
      MerkleTree tree = MerkleTree.zero(height);
      TaskRunner threads = (tasks, task) -> IntStream.range(0, tasks).parallel().forEach(task);
      for (LeafRun run : LeafRun.of(sources, words, threads)) {
        tree = tree.withRun(run);
      }
      assertEquals(Naive.root(memory), tree.root(), "seed " + seed);
    }
    assertEquals(List.of(), LeafRun.of(List.of(), new long[0], TaskRunner.SERIAL));
  }

  @Test
  void roots_treesThatShareNothing_areTheirs() {
    List<MerkleTree> trees = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      trees.add(MerkleTree.zero(33).withBytes((long) LEAF * i * i, content(new Random(i), 3)));
    }
    List<Bytes32> roots = MerkleTree.roots(trees);
    for (int i = 0; i < 20; i++) {
      MerkleTree alone =
          MerkleTree.zero(33).withBytes((long) LEAF * i * i, content(new Random(i), 3));
      assertEquals(alone.root(), roots.get(i), "tree " + i);
    }
    assertEquals(List.of(), MerkleTree.roots(List.of()));
    List<MerkleTree> mixed = List.of(MerkleTree.zero(3), MerkleTree.zero(4));
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.roots(mixed));
  }

  @Test
  void withRun_openedOrWrittenBelow_refuses() {
    byte[] bytes = new byte[8 * LEAF];
    new Random(8).nextBytes(bytes);
    MerkleTree tree = MerkleTree.zero(5).withRun(run(8, bytes));
    assertThrows(IllegalStateException.class, () -> tree.path(0, 9));
    assertThrows(IllegalStateException.class, () -> tree.withBytes(9 * LEAF, new byte[LEAF]));
    assertEquals(tree.root(), SiblingPaths.fold(tree.path(3, 1), 3, 5, 1, Naive.root(bytes)));
  }

  @Test
  void withRun_outsideTheTree_refuses() {
    LeafRun run = run(7, new byte[2 * LEAF]);
    assertThrows(IndexOutOfBoundsException.class, () -> MerkleTree.zero(3).withRun(run));
    long[] words = new long[16];
    assertThrows(IllegalArgumentException.class, () -> LeafRun.of(-1, 1, words, 0));
    assertThrows(IllegalArgumentException.class, () -> LeafRun.of(0, -1, words, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> LeafRun.of(0, 1, words, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> LeafRun.of(0, 1, words, -1));
  }
}
