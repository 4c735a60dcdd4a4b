package dev.opml.dispute.toy;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.merkle.ZeroSubtrees;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Paths that are longer than they have to be. */
public final class LongPaths {
  private LongPaths() {}

  /**
   * The paths that lead where a path leads, and have one of its zero siblings in them.
   *
   * @param height height of the subtree that the path is for
   * @param treeHeight height of the tree
   */
  public static List<SiblingPath> of(SiblingPath path, int height, int treeHeight) {
    byte[] encoded = path.encoded();
    long bitmap = ByteBuffer.wrap(encoded).getLong();
    return IntStream.range(0, treeHeight - height)
        .filter(level -> (bitmap >>> level & 1) == 0)
        .mapToObj(level -> withZeroSibling(encoded, bitmap, height, level))
        .toList();
  }

  private static SiblingPath withZeroSibling(byte[] path, long bitmap, int height, int level) {
    int before = Long.BYTES + Bytes32.SIZE * Long.bitCount(bitmap & ((1L << level) - 1));
    byte[] longer = Arrays.copyOf(path, path.length + Bytes32.SIZE);
    ByteBuffer.wrap(longer).putLong(bitmap | 1L << level);
    System.arraycopy(path, before, longer, before + Bytes32.SIZE, path.length - before);
    ZeroSubtrees.root(height + level).write(longer, before);
    return SiblingPath.of(longer);
  }
}
