package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MerkleTreeTest {
  private static final int LEAF = 128;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 7, 9})
  void withBytes_anySequenceOfWrites_givesTheTreeOfTheFinalContent(int height) {
    for (long seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      byte[] memory = new byte[LEAF << height];
      MerkleTree tree = MerkleTree.zero(height);
      for (int write = 0; write < 25; write++) {
        int count =
            1 + random.nextInt(random.nextBoolean() ? 1 << height : Math.min(1 << height, 4));
        int first = random.nextInt((1 << height) - count + 1);
        byte[] bytes = content(random, count);
        System.arraycopy(bytes, 0, memory, first * LEAF, bytes.length);
        tree = write(random, tree, first, bytes);
        if (write % 5 == 4) {
          requireTreeOf(memory, height, tree, random, "seed " + seed + ", write " + write);
        }
      }
      MerkleTree cleared = tree.withBytes(0, new byte[memory.length]);
      requireTreeOf(new byte[memory.length], height, cleared, random, "cleared, seed " + seed);
      requireTreeOf(memory, height, tree, random, "unchanged by later writes, seed " + seed);
    }
  }

  private static byte[] content(Random random, int leaves) {
    byte[] bytes = new byte[leaves * LEAF];
    for (int leaf = 0; leaf < leaves; leaf++) {
      switch (random.nextInt(3)) {
        case 0 -> bytes[leaf * LEAF + random.nextInt(LEAF)] = 1;
        case 1 -> {
          byte[] noise = new byte[LEAF];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, bytes, leaf * LEAF, LEAF);
        }
        default -> {}
      }
    }
    return bytes;
  }

  private static MerkleTree write(Random random, MerkleTree tree, int first, byte[] bytes) {
    int count = bytes.length / LEAF;
    if (Integer.bitCount(count) == 1 && first % count == 0) {
      int height = Integer.numberOfTrailingZeros(count);
      return tree.withSubtree(
          height, first / count, MerkleTree.ofBytes(height, MemorySegment.ofArray(bytes)));
    }
    return tree.withBytes((long) first * LEAF, bytes);
  }

  private static void requireTreeOf(
      byte[] memory, int height, MerkleTree tree, Random random, String when) {
    assertEquals(Naive.root(memory), tree.root(), when);
    for (int i = 0; i < 4; i++) {
      int level = random.nextInt(height + 1);
      int index = random.nextInt(1 << (height - level));
      int size = LEAF << level;
      Bytes32 subtree = Naive.root(Arrays.copyOfRange(memory, index * size, (index + 1) * size));
      String where = when + ", height " + level + ", index " + index;
      assertEquals(subtree, tree.subtreeRoot(level, index), where);
      assertEquals(Naive.path(memory, level, index), tree.path(level, index), where);
      assertEquals(
          tree.root(),
          SiblingPaths.fold(tree.path(level, index), level, height, index, subtree),
          where);
    }
  }

  @Test
  void withBytes_atTheTopOfTheHighestTree_opens() {
    int height = ZeroSubtrees.MAX_HEIGHT;
    long last = (1L << height) - 1;
    byte[] bytes = new byte[LEAF];
    bytes[5] = 7;
    MerkleTree tree = MerkleTree.zero(height).withBytes(last * LEAF, bytes);
    assertEquals(8, tree.path(0, last).encoded().length);
    assertEquals(8 + 32, tree.path(0, 0).encoded().length);
    assertEquals(
        tree.root(),
        SiblingPaths.fold(tree.path(0, last), 0, height, last, Keccak256.leaf(bytes, 0)));
  }

  @Test
  void constructors_outsideTheirRange_refuse() {
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.zero(-1));
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.zero(41));
    MemorySegment data = MemorySegment.ofArray(new byte[3 * LEAF]);
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.ofBytes(1, data));
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.ofBytes(2, data, 0));
  }

  @Test
  void writes_outsideTheTree_refuse() {
    MerkleTree tree = MerkleTree.zero(2);
    byte[] two = new byte[2 * LEAF];
    assertThrows(IndexOutOfBoundsException.class, () -> tree.withBytes(3 * LEAF, two));
    assertThrows(IndexOutOfBoundsException.class, () -> tree.withBytes(-LEAF, two));
    assertThrows(IllegalArgumentException.class, () -> tree.withBytes(1, two));
    assertThrows(IllegalArgumentException.class, () -> tree.withBytes(0, new byte[LEAF + 1]));
    assertThrows(IllegalArgumentException.class, () -> tree.withSubtree(1, 2, MerkleTree.zero(1)));
    assertThrows(IllegalArgumentException.class, () -> tree.withSubtree(1, 0, MerkleTree.zero(0)));
  }

  @Test
  void openings_outsideTheTree_refuse() {
    MerkleTree tree = MerkleTree.zero(2);
    assertThrows(IllegalArgumentException.class, () -> tree.path(0, 4));
    assertThrows(IllegalArgumentException.class, () -> tree.path(0, -1));
    assertThrows(IllegalArgumentException.class, () -> tree.path(3, 0));
    assertThrows(IllegalArgumentException.class, () -> tree.subtreeRoot(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> tree.subtreeRoot(1, 2));
  }
}
