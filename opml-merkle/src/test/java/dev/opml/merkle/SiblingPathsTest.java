package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SiblingPathsTest {
  private static final int HEIGHT = 33;

  /**
   * A tree with leaves scattered so that paths mix present and absent siblings, and one of its
   * leaves.
   */
  private static final class Sample {
    final Random random;
    final MerkleTree tree;
    final long leaf;
    final byte[] bytes = new byte[128];
    final byte[] path;

    Sample(long seed) {
      random = new Random(seed);
      leaf = random.nextLong(1L << HEIGHT);
      random.nextBytes(bytes);
      MerkleTree written = MerkleTree.zero(HEIGHT).withBytes(leaf * 128, bytes);
      for (int i = 0; i < 12; i++) {
        long neighbour = leaf ^ (random.nextLong() >>> (31 + random.nextInt(33)));
        byte[] other = new byte[128];
        random.nextBytes(other);
        written = neighbour == leaf ? written : written.withBytes(neighbour * 128, other);
      }
      tree = written;
      path = tree.path(0, leaf).encoded();
    }

    boolean opens(byte[] changedPath, long changedLeaf, Bytes32 hash) {
      try {
        return SiblingPaths.fold(SiblingPath.of(changedPath), 0, HEIGHT, changedLeaf, hash)
            .equals(tree.root());
      } catch (InvalidPathException _) {
        return false;
      }
    }
  }

  @Test
  void fold_honestPath_givesTheRoot() {
    for (long seed = 0; seed < 30; seed++) {
      Sample sample = new Sample(seed);
      assertTrue(
          sample.opens(sample.path, sample.leaf, Keccak256.leaf(sample.bytes, 0)), "seed " + seed);
    }
  }

  @Test
  void fold_anyAlteredBit_isRejectedOrGivesAnotherRoot() {
    for (long seed = 0; seed < 5; seed++) {
      Sample sample = new Sample(seed);
      Bytes32 hash = Keccak256.leaf(sample.bytes, 0);
      for (int bit = 0; bit < 8 * sample.path.length; bit++) {
        byte[] changed = sample.path.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        assertFalse(
            sample.opens(changed, sample.leaf, hash), "seed " + seed + ", bit " + bit + " of path");
      }
      for (int bit = 0; bit < 64; bit++) {
        assertFalse(
            sample.opens(sample.path, sample.leaf ^ 1L << bit, hash),
            "seed " + seed + ", bit " + bit + " of index");
      }
      for (int bit = 0; bit < 8 * sample.bytes.length; bit++) {
        byte[] changed = sample.bytes.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        assertFalse(
            sample.opens(sample.path, sample.leaf, Keccak256.leaf(changed, 0)),
            "seed " + seed + ", bit " + bit + " of leaf");
      }
    }
  }

  @Test
  void fold_anyAlteredLength_isRejected() {
    Sample sample = new Sample(99);
    for (int length = 0; length < sample.path.length + 64; length++) {
      byte[] changed = Arrays.copyOf(sample.path, length);
      if (length != sample.path.length) {
        InvalidPathException e =
            assertThrows(
                InvalidPathException.class,
                () ->
                    SiblingPaths.fold(
                        SiblingPath.of(changed), 0, HEIGHT, sample.leaf, Bytes32.ZERO));
        assertTrue(e.offset() <= length, e.getMessage());
      }
    }
  }

  @Test
  void fold_neighbouringOrOutsideIndex_isRejectedOrGivesAnotherRoot() {
    Sample sample = new Sample(7);
    Bytes32 hash = Keccak256.leaf(sample.bytes, 0);
    for (long index :
        new long[] {
          sample.leaf - 1,
          sample.leaf + 1,
          -sample.leaf,
          -1,
          1L << HEIGHT,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          sample.leaf + (1L << HEIGHT)
        }) {
      assertFalse(sample.opens(sample.path, index, hash), "index " + index);
    }
  }

  @Test
  void fold_subtreeOfManyLeaves_opensThemAllAtOnce() {
    Random random = new Random(8);
    for (int height = 0; height <= 7; height++) {
      byte[] leaves = new byte[128 << height];
      random.nextBytes(leaves);
      long index = random.nextLong(1L << (HEIGHT - height));
      MerkleTree tree =
          MerkleTree.zero(HEIGHT)
              .withBytes((index ^ 1) * leaves.length, new Sample(height).bytes)
              .withBytes(index * leaves.length, leaves);
      SiblingPath path = tree.path(height, index);
      assertEquals(tree.root(), SiblingPaths.fold(path, height, HEIGHT, index, Naive.root(leaves)));
      for (int at = 0; at < leaves.length; at += 61) {
        leaves[at]++;
        assertNotEquals(
            tree.root(), SiblingPaths.fold(path, height, HEIGHT, index, Naive.root(leaves)));
        leaves[at]--;
      }
    }
  }

  @Test
  void fold_movedSiblings_givesAnotherRoot() {
    for (long seed = 0; seed < 20; seed++) {
      Sample sample = new Sample(seed);
      int siblings = (sample.path.length - 8) / 32;
      int first = sample.random.nextInt(siblings - 1);
      byte[] changed = sample.path.clone();
      System.arraycopy(sample.path, 8 + 32 * first, changed, 40 + 32 * first, 32);
      System.arraycopy(sample.path, 40 + 32 * first, changed, 8 + 32 * first, 32);
      assertFalse(
          sample.opens(changed, sample.leaf, Keccak256.leaf(sample.bytes, 0)), "seed " + seed);
    }
  }

  @Test
  void fold_bitOnTheTreesHeight_isRejected() {
    byte[] path = new byte[40];
    path[7] = 1 << 3;
    assertEquals(
        Keccak256.node(
            Keccak256.node(
                Keccak256.node(
                    Keccak256.node(Bytes32.ZERO, ZeroSubtrees.root(2)), ZeroSubtrees.root(3)),
                ZeroSubtrees.root(4)),
            Bytes32.ZERO),
        SiblingPaths.fold(SiblingPath.of(path), 2, 6, 0, Bytes32.ZERO));
    assertThrows(
        InvalidPathException.class,
        () -> SiblingPaths.fold(SiblingPath.of(path), 2, 5, 0, Bytes32.ZERO));
  }

  /** A path has one encoding: a zero sibling that is there and not left out, on each level. */
  @Test
  void fold_zeroSiblingThatIsNotLeftOut_isRejected() {
    for (long seed = 0; seed < 10; seed++) {
      Sample sample = new Sample(seed);
      int height = (int) seed % 3;
      byte[] path = sample.tree.path(height, sample.leaf >>> height).encoded();
      Bytes32 subtree = sample.tree.subtreeRoot(height, sample.leaf >>> height);
      long bitmap = ByteBuffer.wrap(path).getLong();
      int mutated = 0;
      for (int level = 0; level < HEIGHT - height; level++) {
        if ((bitmap >>> level & 1) == 0) {
          byte[] longer = withZeroSibling(path, height, level);
          String place = "seed " + seed + ", level " + level;
          long index = sample.leaf >>> height;
          InvalidPathException e =
              assertThrows(
                  InvalidPathException.class,
                  () -> SiblingPaths.fold(SiblingPath.of(longer), height, HEIGHT, index, subtree),
                  place);
          assertEquals(
              8 + 32 * Long.bitCount(bitmap & ((1L << level) - 1)), (int) e.offset(), place);
          mutated++;
        }
      }
      assertTrue(mutated > 5, "seed " + seed + ": " + mutated);
    }
  }

  private static byte[] withZeroSibling(byte[] path, int height, int level) {
    long bitmap = ByteBuffer.wrap(path).getLong();
    int before = 8 + 32 * Long.bitCount(bitmap & ((1L << level) - 1));
    byte[] longer = Arrays.copyOf(path, path.length + 32);
    ByteBuffer.wrap(longer).putLong(bitmap | 1L << level);
    System.arraycopy(path, before, longer, before + 32, path.length - before);
    ZeroSubtrees.root(height + level).write(longer, before);
    return longer;
  }

  @Test
  void fold_subtreeIsTheTree_givesItself() {
    Bytes32 root = Keccak256.hash(new byte[] {1});
    assertEquals(root, SiblingPaths.fold(SiblingPath.of(new byte[8]), 33, 33, 0, root));
    assertThrows(
        InvalidPathException.class,
        () -> SiblingPaths.fold(SiblingPath.of(new byte[8]), 33, 33, 1, root));
  }

  @Test
  void fold_heightsOutOfRange_areMisuse() {
    SiblingPath path = SiblingPath.of(new byte[8]);
    for (int[] heights : new int[][] {{-1, 3}, {4, 3}, {0, 41}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> SiblingPaths.fold(path, heights[0], heights[1], 0, Bytes32.ZERO));
    }
  }

  @Test
  void fold_sliceOfAnArray_readsThatSliceOnly() {
    Sample sample = new Sample(5);
    byte[] around = new byte[sample.path.length + 50];
    Arrays.fill(around, (byte) 0xff);
    System.arraycopy(sample.path, 0, around, 20, sample.path.length);
    assertEquals(sample.path.length, SiblingPaths.encodedLength(around, 20));
    assertEquals(
        sample.tree.root(),
        SiblingPaths.fold(
            around,
            20,
            sample.path.length,
            0,
            HEIGHT,
            sample.leaf,
            Keccak256.leaf(sample.bytes, 0)));
    assertThrows(
        IndexOutOfBoundsException.class,
        () ->
            SiblingPaths.fold(
                around, 51, sample.path.length, 0, HEIGHT, sample.leaf, Bytes32.ZERO));
  }

  @Test
  void encodedLength_truncated_isRejected() {
    Sample sample = new Sample(6);
    for (int length = 0; length < sample.path.length; length++) {
      byte[] cut = Arrays.copyOf(sample.path, length);
      InvalidPathException e =
          assertThrows(InvalidPathException.class, () -> SiblingPaths.encodedLength(cut, 0));
      assertTrue(e.offset() <= length, e.getMessage());
    }
    assertThrows(
        IndexOutOfBoundsException.class, () -> SiblingPaths.encodedLength(sample.path, -1));
  }

  @Test
  void root_ofAFoldReadOnce_followsTheLeaf() {
    for (long seed = 0; seed < 10; seed++) {
      Sample sample = new Sample(seed);
      byte[] path = sample.path;
      SiblingFold fold = SiblingFold.read(path, 0, path.length, 0, HEIGHT, sample.leaf);
      assertEquals(sample.tree.root(), fold.root(Keccak256.leaf(sample.bytes, 0)));
      byte[] written = sample.bytes.clone();
      written[sample.random.nextInt(128)]++;
      Bytes32 after = fold.root(Keccak256.leaf(written, 0));
      assertEquals(sample.tree.withBytes(sample.leaf * 128, written).root(), after, "seed " + seed);
      assertNotEquals(sample.tree.root(), after, "seed " + seed);
    }
  }
}
