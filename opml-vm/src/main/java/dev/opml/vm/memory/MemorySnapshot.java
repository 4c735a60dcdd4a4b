package dev.opml.vm.memory;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Persistent memory at one moment: bytes in extents, zero elsewhere, and the depth-32 tree over
 * them. Immutable and safe for use by many threads, as long as the owners of the extents' segments
 * leave them alone.
 */
public final class MemorySnapshot {
  private static final int LEAF_SIZE = MemoryRegion.LEAF_SIZE;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long PERSISTENT_END = MemoryRegion.SCRATCH.base();

  private final List<MemoryExtent> extents;
  private final MerkleTree tree;

  private MemorySnapshot(List<MemoryExtent> extents, MerkleTree tree) {
    this.extents = extents;
    this.tree = tree;
  }

  /**
   * A snapshot of bytes whose tree is known already.
   *
   * @param extents the bytes, in any order; those of length zero are dropped
   * @param tree tree of height 32 over the same bytes; not checked against them
   * @throws IllegalArgumentException if two extents overlap, one leaves persistent memory, or the
   *     tree has another height
   */
  public static MemorySnapshot of(List<MemoryExtent> extents, MerkleTree tree) {
    if (tree.height() != MemoryRegion.PERSISTENT_DEPTH) {
      throw new IllegalArgumentException("expected a tree of height 32, got " + tree.height());
    }
    List<MemoryExtent> sorted =
        extents.stream().filter(extent -> extent.end() > extent.base()).sorted().toList();
    long end = 0;
    for (MemoryExtent extent : sorted) {
      if (extent.base() < end || extent.end() > PERSISTENT_END) {
        throw new IllegalArgumentException(
            "extent at 0x%x overlaps another or leaves persistent memory".formatted(extent.base()));
      }
      end = extent.end();
    }
    return new MemorySnapshot(sorted, tree);
  }

  /** A snapshot of bytes whose tree is computed here. */
  public static MemorySnapshot of(List<MemoryExtent> extents) {
    MerkleTree zero = MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH);
    MemorySnapshot unhashed = of(extents, zero);
    MerkleTree tree = zero;
    for (MemoryExtent extent : unhashed.extents) {
      tree = unhashed.rehashed(tree, extent.base(), extent.end());
    }
    return new MemorySnapshot(unhashed.extents, tree);
  }

  /** The extents, disjoint, not empty, by ascending address. */
  public List<MemoryExtent> extents() {
    return extents;
  }

  /** The tree over persistent memory, height 32. */
  public MerkleTree tree() {
    return tree;
  }

  /**
   * Reads {@code target.length} bytes.
   *
   * @param address address of the first byte; reads may cross extents and the end of memory, where
   *     nothing is they give zero
   */
  public void read(long address, byte[] target) {
    read(address, target, 0, target.length);
  }

  /**
   * Reads {@code length} bytes into {@code target} from index {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void read(long address, byte[] target, int offset, int length) {
    Arrays.fill(target, offset, offset + length, (byte) 0);
    forPieces(
        address,
        address + length,
        (extent, from, to) ->
            MemorySegment.copy(
                extent.bytes(),
                ValueLayout.JAVA_BYTE,
                from - extent.base(),
                target,
                offset + (int) (from - address),
                (int) (to - from)));
  }

  /**
   * Reads 64-bit words, the byte at the lowest address in a word's low bits.
   *
   * @param address address of the first word, a multiple of 8
   * @param target all zero
   */
  void read(long address, long[] target) {
    forPieces(
        address,
        address + (long) target.length * Long.BYTES,
        (extent, first, last) -> {
          long from = first;
          long to = last;
          for (; from < to && from % Long.BYTES != 0; from++) {
            or(target, from - address, extent.byteAt(from));
          }
          for (; from < to && to % Long.BYTES != 0; to--) {
            or(target, to - 1 - address, extent.byteAt(to - 1));
          }
          MemorySegment.copy(
              extent.bytes(),
              WORD,
              from - extent.base(),
              target,
              (int) (from - address) / Long.BYTES,
              (int) (to - from) / Long.BYTES);
        });
  }

  /** Bytes of an extent from one address to another. */
  @FunctionalInterface
  private interface Piece {
    void read(MemoryExtent extent, long from, long to);
  }

  /** Calls for what each extent has from {@code start} to {@code end}. */
  private void forPieces(long start, long end, Piece piece) {
    for (int i = firstEndingAfter(start); i < extents.size(); i++) {
      MemoryExtent extent = extents.get(i);
      if (extent.base() >= end) {
        return;
      }
      piece.read(extent, Math.max(start, extent.base()), Math.min(end, extent.end()));
    }
  }

  private static void or(long[] words, long offset, byte value) {
    words[(int) offset / Long.BYTES] |= (value & 0xffL) << (offset << 3);
  }

  /**
   * This snapshot with other bytes at {@code address}; the tree follows. Each call adds an extent:
   * meant for few, small changes.
   *
   * @param bytes copied
   * @throws IllegalArgumentException if the bytes leave persistent memory
   */
  public MemorySnapshot withWrites(long address, byte[] bytes) {
    if (bytes.length == 0) {
      return this;
    }
    MemoryExtent written = MemoryExtent.of(address, bytes.clone());
    List<MemoryExtent> pieces = new ArrayList<>();
    for (MemoryExtent extent : extents) {
      if (extent.base() < written.base()) {
        pieces.add(extent.slice(extent.base(), Math.min(extent.end(), written.base())));
      }
      if (extent.end() > written.end()) {
        pieces.add(extent.slice(Math.max(extent.base(), written.end()), extent.end()));
      }
    }
    pieces.add(written);
    MemorySnapshot changed = of(pieces, tree);
    return new MemorySnapshot(
        changed.extents, changed.rehashed(tree, written.base(), written.end()));
  }

  /**
   * {@code before} with the leaves of the addresses from {@code from} to {@code to} as they are in
   * this snapshot.
   */
  private MerkleTree rehashed(MerkleTree before, long from, long to) {
    MerkleTree after = before;
    long end = (to + LEAF_SIZE - 1) & -LEAF_SIZE;
    for (long address = from & -LEAF_SIZE; address < end; ) {
      int length = (int) Math.min(1 << 20, end - address);
      byte[] leaves = new byte[length];
      read(address, leaves);
      after = after.withBytes(address, leaves);
      address += length;
    }
    return after;
  }

  private int firstEndingAfter(long address) {
    int low = 0;
    int high = extents.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (extents.get(middle).end() > address) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
