package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.Leaves;
import dev.opml.merkle.internal.TreeHash;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * Keccak-256 with the original padding, as Ethereum uses it (not SHA3-256). All methods are pure
 * and thread-safe.
 *
 * @see <a href="https://keccak.team/files/Keccak-reference-3.0.pdf">The Keccak reference</a>
 */
public final class Keccak256 {
  private static final int DIGEST_BITS = 256;

  private Keccak256() {}

  /** Hash of a message of any length. */
  public static Bytes32 hash(byte[] message) {
    return hash(message, 0, message.length);
  }

  /**
   * Hash of a part of an array.
   *
   * @param offset offset in bytes of the first byte
   * @param length length in bytes
   * @throws IndexOutOfBoundsException if the part is not inside the array
   */
  public static Bytes32 hash(byte[] message, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, message.length);
    if (length <= TreeHash.MAX_BLOCK) {
      return TreeHash.block(message, offset, length);
    }
    KeccakDigest digest = new KeccakDigest(DIGEST_BITS);
    digest.update(message, offset, length);
    byte[] result = new byte[Bytes32.SIZE];
    digest.doFinal(result, 0);
    return Bytes32.of(result);
  }

  /** Hash of an inner node of a tree: of the 64 bytes {@code left ‖ right}. */
  public static Bytes32 node(Bytes32 left, Bytes32 right) {
    return TreeHash.node(left, right);
  }

  /**
   * Hash of a leaf: of 128 bytes.
   *
   * @param offset offset in bytes of the first of them
   * @throws IndexOutOfBoundsException if fewer than 128 bytes follow {@code offset}
   */
  public static Bytes32 leaf(byte[] source, int offset) {
    return TreeHash.leaf(MemorySegment.ofArray(source), offset);
  }

  /**
   * Hashes of neighbouring leaves, several at once where the machine has vectors.
   *
   * @param offset offset in bytes of the first leaf; no alignment is needed
   * @param count number of leaves of 128 bytes
   * @throws IndexOutOfBoundsException if {@code data} ends before the last leaf does
   */
  public static Bytes32[] leaves(MemorySegment data, long offset, int count) {
    Objects.checkFromIndexSize(offset, (long) count * MemoryRegion.LEAF_SIZE, data.byteSize());
    return Leaves.hash(data, offset, count);
  }
}
