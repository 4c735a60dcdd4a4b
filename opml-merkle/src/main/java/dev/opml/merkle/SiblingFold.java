package dev.opml.merkle;

import dev.opml.api.Bytes32;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A well-formed sibling path for one place in a tree: gives the tree's root for any subtree put
 * there, with the same siblings. So a writer's root follows from the opening of what it overwrites.
 * Immutable and thread-safe.
 */
public final class SiblingFold {
  private final int height;
  private final long index;
  private final Bytes32[] siblings;

  private SiblingFold(int height, long index, Bytes32[] siblings) {
    this.height = height;
    this.index = index;
    this.siblings = siblings;
  }

  /**
   * Reads a path (docs/image.md) that fills exactly {@code length} bytes of an array; the array is
   * copied.
   *
   * @param offset offset in bytes of the path
   * @param length length in bytes of the path
   * @param height height of the subtree, 0 = leaf
   * @param treeHeight height of the tree, {@code height} to {@link ZeroSubtrees#MAX_HEIGHT}
   * @param index index of the subtree at its height, from 0
   * @throws InvalidPathException if the length is not the one that the bitmap asks for, a bit is
   *     set at or above {@code treeHeight - height}, a sibling is the zero subtree of its height
   *     and not left out, or there is no subtree {@code index}
   * @throws IllegalArgumentException if a height is out of range
   * @throws IndexOutOfBoundsException if the bytes are not inside the array
   */
  public static SiblingFold read(
      byte[] bytes, int offset, int length, int height, int treeHeight, long index) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    MerkleTree.requireHeights(height, treeHeight);
    int levels = treeHeight - height;
    if (index >>> levels != 0) {
      throw new InvalidPathException(
          "no subtree " + index + " at height " + height + " of " + treeHeight, 0);
    }
    if (length < Long.BYTES) {
      throw new InvalidPathException("the bitmap needs 8 bytes, got " + length, 0);
    }
    long bitmap = ByteBuffer.wrap(bytes).getLong(offset);
    if (bitmap >>> levels != 0) {
      throw new InvalidPathException(
          "bitmap " + Long.toHexString(bitmap) + " has siblings above level " + levels, 0);
    }
    int expected = Long.BYTES + Bytes32.SIZE * Long.bitCount(bitmap);
    if (length != expected) {
      throw new InvalidPathException(
          "expected " + expected + " bytes, got " + length, Math.min(expected, length));
    }
    Bytes32[] siblings = new Bytes32[levels];
    int next = offset + Long.BYTES;
    for (int level = 0; level < levels; level++) {
      if ((bitmap >>> level & 1) == 0) {
        siblings[level] = ZeroSubtrees.root(height + level);
      } else {
        siblings[level] = Bytes32.read(bytes, next);
        requireNotZero(siblings[level], height + level, next - offset);
        next += Bytes32.SIZE;
      }
    }
    return new SiblingFold(height, index, siblings);
  }

  /** A place has one path in a tree: else whoever gives it chooses what others pay to check it. */
  private static void requireNotZero(Bytes32 sibling, int height, int offset) {
    if (sibling.equals(ZeroSubtrees.root(height))) {
      throw new InvalidPathException(
          "the sibling of height " + height + " is the zero subtree, which is left out", offset);
    }
  }

  /** Height of the subtree that the path is for. */
  public int height() {
    return height;
  }

  /** The tree's root if the subtree's root is {@code subtreeRoot}. */
  public Bytes32 root(Bytes32 subtreeRoot) {
    Bytes32 root = subtreeRoot;
    for (int level = 0; level < siblings.length; level++) {
      root =
          (index >>> level & 1) == 0
              ? Keccak256.node(root, siblings[level])
              : Keccak256.node(siblings[level], root);
    }
    return root;
  }
}
