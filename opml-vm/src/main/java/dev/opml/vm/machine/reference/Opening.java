package dev.opml.vm.machine.reference;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.SiblingFold;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A leaf that was found in a memory. An aligned access of up to 8 bytes never leaves its leaf. */
final class Opening {
  private final byte[] leaf;
  private final SiblingFold siblings;

  /**
   * Creates an opening.
   *
   * @param leaf the 128 bytes; not copied
   * @param siblings the way from the leaf to the root
   */
  Opening(byte[] leaf, SiblingFold siblings) {
    this.leaf = leaf;
    this.siblings = siblings;
  }

  /** The bytes at an address in the leaf, little-endian, in the low bits. */
  long load(long address, int size) {
    ByteBuffer bytes = ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN);
    int offset = offset(address);
    return switch (size) {
      case 1 -> bytes.get(offset);
      case 2 -> bytes.getShort(offset);
      case 4 -> bytes.getInt(offset);
      default -> bytes.getLong(offset);
    };
  }

  /** The memory root after a store of the low bytes of {@code value}. */
  Bytes32 rootAfterStore(long address, int size, long value) {
    byte[] changed = leaf.clone();
    for (int i = 0; i < size; i++) {
      changed[offset(address) + i] = (byte) (value >>> (8 * i));
    }
    return siblings.root(Keccak256.leaf(changed, 0));
  }

  private static int offset(long address) {
    return (int) address & MemoryRegion.LEAF_SIZE - 1;
  }
}
