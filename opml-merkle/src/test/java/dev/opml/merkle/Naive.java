package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** The definitions of docs/image.md written down as directly as possible, on BouncyCastle alone. */
final class Naive {
  private Naive() {}

  static byte[] keccak(byte[]... parts) {
    KeccakDigest digest = new KeccakDigest(256);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] result = new byte[32];
    digest.doFinal(result, 0);
    return result;
  }

  /** Root of the subtree over {@code memory[from, to)}; the memory is all there is. */
  static byte[] root(byte[] memory, int from, int to) {
    if (to - from == 128) {
      return keccak(Arrays.copyOfRange(memory, from, to));
    }
    int middle = (from + to) / 2;
    return keccak(root(memory, from, middle), root(memory, middle, to));
  }

  static Bytes32 root(byte[] memory) {
    return Bytes32.of(root(memory, 0, memory.length));
  }

  static SiblingPath path(byte[] memory, int height, int index) {
    ByteBuffer siblings = ByteBuffer.allocate(64 * 32);
    long bitmap = 0;
    int size = 128 << height;
    for (int level = 0; size << level < memory.length; level++) {
      int sibling = (index >> level ^ 1) * (size << level);
      if (!isZero(memory, sibling, sibling + (size << level))) {
        bitmap |= 1L << level;
        siblings.put(root(memory, sibling, sibling + (size << level)));
      }
    }
    byte[] encoded = new byte[8 + siblings.position()];
    ByteBuffer.wrap(encoded).putLong(bitmap).put(siblings.flip());
    return SiblingPath.of(encoded);
  }

  private static boolean isZero(byte[] memory, int from, int to) {
    for (int i = from; i < to; i++) {
      if (memory[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
