package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.MemoryRegion;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Checks openings of a tree: computes the root that a sibling path leads to (docs/image.md). */
public final class SiblingPaths {
  private SiblingPaths() {}

  /**
   * The root of the tree in which {@code path} opens a subtree.
   *
   * @param height height of the subtree, 0 = leaf
   * @param treeHeight height of the tree, {@code height} to {@link ZeroSubtrees#MAX_HEIGHT}
   * @param index index of the subtree at its height, from 0
   * @param subtreeRoot root of the subtree; for a leaf, the hash of its 128 bytes
   * @throws InvalidPathException if the path is malformed for this place, or there is no such place
   * @throws IllegalArgumentException if a height is out of range
   */
  public static Bytes32 fold(
      SiblingPath path, int height, int treeHeight, long index, Bytes32 subtreeRoot) {
    byte[] encoded = path.encoded();
    return fold(encoded, 0, encoded.length, height, treeHeight, index, subtreeRoot);
  }

  /**
   * Root of persistent memory, given the root of a region.
   *
   * @throws InvalidPathException if the path is malformed for this region
   */
  public static Bytes32 fold(SiblingPath path, MemoryRegion region, Bytes32 regionRoot) {
    return fold(
        path, region.height(), MemoryRegion.PERSISTENT_DEPTH, region.subtreeIndex(), regionRoot);
  }

  /**
   * As {@link #fold(SiblingPath, int, int, long, Bytes32)}, of a path that fills exactly {@code
   * length} bytes of an array.
   *
   * @param offset offset in bytes of the path
   * @param length length in bytes of the path
   * @throws IndexOutOfBoundsException if the bytes are not inside the array
   */
  public static Bytes32 fold(
      byte[] bytes,
      int offset,
      int length,
      int height,
      int treeHeight,
      long index,
      Bytes32 subtreeRoot) {
    return SiblingFold.read(bytes, offset, length, height, treeHeight, index).root(subtreeRoot);
  }

  /**
   * Length in bytes of the path that starts at {@code offset}, from its bitmap. Nothing else of the
   * path is checked.
   *
   * @throws InvalidPathException if the array ends before the path does
   * @throws IndexOutOfBoundsException if {@code offset} is not in {@code [0, bytes.length]}
   */
  public static int encodedLength(byte[] bytes, int offset) {
    Objects.checkIndex(offset, bytes.length + 1);
    int available = bytes.length - offset;
    if (available < Long.BYTES) {
      throw new InvalidPathException("the bitmap needs 8 bytes, got " + available, 0);
    }
    int length = Long.BYTES + Bytes32.SIZE * Long.bitCount(ByteBuffer.wrap(bytes).getLong(offset));
    if (available < length) {
      throw new InvalidPathException("expected " + length + " bytes, got " + available, available);
    }
    return length;
  }
}
