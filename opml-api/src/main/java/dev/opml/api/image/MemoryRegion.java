package dev.opml.api.image;

/**
 * The regions of the 2^40-byte address space, format version 2 (docs/image.md). Each is an aligned
 * power-of-two subtree of the memory tree.
 */
public enum MemoryRegion {
  /** Segments of the guest ELF; the only region that instructions are fetched from. */
  PROGRAM(0L, 28, false),
  /** Request header, prompt and choices. */
  INPUT(0x1000_0000L, 24, false),
  /** Generated tokens. */
  OUTPUT(0x1100_0000L, 24, true),
  /** Graph header, node table, constants. */
  GRAPH(0x4000_0000L, 30, false),
  /** Activation buffers and KV cache. */
  STATE(0x10_0000_0000L, 36, true),
  /** The GGUF file byte for byte. */
  MODEL(0x20_0000_0000L, 37, false),
  /** Temporaries and stack of the guest; not part of a state root. */
  SCRATCH(0x80_0000_0000L, 39, true);

  /** Bytes in a leaf of the memory tree. */
  public static final int LEAF_SIZE = 128;

  /** Depth of the memory tree over the whole address space. */
  public static final int MEMORY_DEPTH = 33;

  /** Depth of the tree over persistent memory, the lower half. */
  public static final int PERSISTENT_DEPTH = 32;

  private final long base;
  private final int sizeLog2;
  private final boolean writable;

  MemoryRegion(long base, int sizeLog2, boolean writable) {
    this.base = base;
    this.sizeLog2 = sizeLog2;
    this.writable = writable;
  }

  /** Address of the first byte. */
  public long base() {
    return base;
  }

  /** Size in bytes, a power of two. */
  public long size() {
    return 1L << sizeLog2;
  }

  /** Whether the machine may store here. */
  public boolean writable() {
    return writable;
  }

  /** Height of the region's subtree above the leaves. */
  public int height() {
    return sizeLog2 - 7;
  }

  /** Index of the region's subtree among the subtrees of the same height, from 0. */
  public long subtreeIndex() {
    return base >>> sizeLog2;
  }

  /** Index of the region's first leaf in the memory tree. */
  public long firstLeaf() {
    return base / LEAF_SIZE;
  }

  /** Whether {@code address} lies in this region. */
  public boolean contains(long address) {
    return (address >>> sizeLog2) == subtreeIndex();
  }
}
