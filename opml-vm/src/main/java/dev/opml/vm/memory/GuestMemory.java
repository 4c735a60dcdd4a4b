package dev.opml.vm.memory;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole 2^40-byte memory of a running guest: a snapshot of persistent memory and zero scratch,
 * plus the 4 KiB pages written since. Not thread-safe; memories forked from each other may be used
 * by different threads.
 *
 * <p>The two page look-ups are the interpreter's loads and stores. A small direct-mapped table of
 * pages answers nearly all of them with one comparison, which checks range, permission and
 * alignment at once: a table entry exists only for a page that may be accessed, and the tag of a
 * misaligned address equals no entry's. Stores find only pages that are marked dirty already, so
 * that tracking costs nothing.
 */
public final class GuestMemory {
  /** Bytes in a page. */
  public static final int PAGE_SIZE = 4096;

  /** Takes an address to its offset in a page. */
  public static final int OFFSET_MASK = PAGE_SIZE - 1;

  private static final int PAGE_BITS = 12;
  private static final int SLOTS = 1024;
  private static final long NO_PAGE = -1;
  private static final byte[] ZERO_PAGE = new byte[PAGE_SIZE];

  private final MemorySnapshot base;
  private final Map<Long, Page> written;
  private final List<Long> dirty = new ArrayList<>();
  private MerkleTree tree;
  private Object owner = new Object();

  private final long[] loadTags = new long[SLOTS];
  private final long[] storeTags = new long[SLOTS];
  private final byte[][] loadPages = new byte[SLOTS][];
  private final byte[][] storePages = new byte[SLOTS][];
  private final byte[][] buffers = new byte[SLOTS][];

  private GuestMemory(MemorySnapshot base, Map<Long, Page> written, MerkleTree tree) {
    this.base = base;
    this.written = written;
    this.tree = tree;
    Arrays.fill(loadTags, NO_PAGE);
    Arrays.fill(storeTags, NO_PAGE);
  }

  /** The memory at the start of a node: {@code base} and zero scratch. */
  public static GuestMemory over(MemorySnapshot base) {
    MerkleTree tree =
        MerkleTree.zero(MemoryRegion.MEMORY_DEPTH)
            .withSubtree(MemoryRegion.PERSISTENT_DEPTH, 0, base.tree());
    return new GuestMemory(base, new HashMap<>(), tree);
  }

  /** Another memory with the same bytes. The two share pages until one of them writes. */
  public GuestMemory fork() {
    // Bringing the tree up to date also empties the table of stores, so the next store looks at the
    // owner.
    MerkleTree current = tree();
    owner = new Object();
    return new GuestMemory(base, new HashMap<>(written), current);
  }

  /** The persistent memory that this one started from. */
  public MemorySnapshot base() {
    return base;
  }

  /**
   * The page that a load reads from, at {@code address & OFFSET_MASK}.
   *
   * @param size bytes to load: 1, 2, 4 or 8
   * @return the page, not to be changed and valid until the next call of any method; null if the
   *     load faults
   */
  public byte @Nullable [] pageForLoad(long address, int size) {
    int slot = slot(address);
    return (address & (-PAGE_SIZE | size - 1)) == loadTags[slot]
        ? loadPages[slot]
        : loadMiss(address, size, slot);
  }

  /**
   * The page that a store writes to, at {@code address & OFFSET_MASK}.
   *
   * @param size bytes to store: 1, 2, 4 or 8
   * @return the page, for this store only; null if the store faults
   */
  public byte @Nullable [] pageForStore(long address, int size) {
    int slot = slot(address);
    return (address & (-PAGE_SIZE | size - 1)) == storeTags[slot]
        ? storePages[slot]
        : storeMiss(address, size, slot);
  }

  /** Whether the machine may load {@code size} bytes (1, 2, 4 or 8) at {@code address}. */
  public static boolean mayLoad(long address, int size) {
    return (address & size - 1) == 0 && AccessRules.loadable(address);
  }

  /** Whether the machine may store {@code size} bytes (1, 2, 4 or 8) at {@code address}. */
  public static boolean mayStore(long address, int size) {
    return (address & size - 1) == 0 && AccessRules.storable(address);
  }

  /**
   * Reads bytes, whatever the machine may do with them.
   *
   * @throws IllegalArgumentException if they leave the address space
   */
  public void read(long address, byte[] target) {
    if (address < 0 || address > MemoryExtent.ADDRESS_SPACE - target.length) {
      throw new IllegalArgumentException("read outside memory: 0x" + Long.toHexString(address));
    }
    for (int done = 0; done < target.length; ) {
      long from = address + done;
      int offset = (int) from & OFFSET_MASK;
      int length = Math.min(target.length - done, PAGE_SIZE - offset);
      Page page = written.get(from >>> PAGE_BITS);
      if (page != null) {
        System.arraycopy(page.bytes, offset, target, done, length);
      } else {
        base.read(from, target, done, length);
      }
      done += length;
    }
  }

  /** The tree over the whole memory, height 33. Hashes the pages written since the last call. */
  public MerkleTree tree() {
    dirty.sort(null);
    for (long number : dirty) {
      Page page = pageWritten(number);
      page.dirty = false;
      tree = tree.withBytes(number << PAGE_BITS, page.bytes);
    }
    if (!dirty.isEmpty()) {
      dirty.clear();
      Arrays.fill(storeTags, NO_PAGE);
    }
    return tree;
  }

  /** Addresses of the pages of persistent memory that were written, ascending. */
  public List<Long> persistentPagesWritten() {
    return written.keySet().stream()
        .map(number -> number << PAGE_BITS)
        .filter(address -> !MemoryRegion.SCRATCH.contains(address))
        .sorted()
        .toList();
  }

  /** Number of pages that differ, or once differed, from the start of the node. */
  public int writtenPages() {
    return written.size();
  }

  /** Spreads regions, whose bases are multiples of 2^30 mostly, over the table. */
  private static int slot(long address) {
    return (int) (address >>> PAGE_BITS ^ address >>> 30) & SLOTS - 1;
  }

  private byte @Nullable [] loadMiss(long address, int size, int slot) {
    if (!mayLoad(address, size)) {
      return null;
    }
    long pageBase = address & -PAGE_SIZE;
    Page page = written.get(pageBase >>> PAGE_BITS);
    byte[] bytes;
    if (page != null) {
      bytes = page.bytes;
    } else if (MemoryRegion.SCRATCH.contains(pageBase)) {
      bytes = ZERO_PAGE;
    } else {
      bytes = buffers[slot];
      if (bytes == null) {
        bytes = new byte[PAGE_SIZE];
        buffers[slot] = bytes;
      }
      base.read(pageBase, bytes);
    }
    loadTags[slot] = pageBase;
    loadPages[slot] = bytes;
    return bytes;
  }

  private byte @Nullable [] storeMiss(long address, int size, int slot) {
    if (!mayStore(address, size)) {
      return null;
    }
    long pageBase = address & -PAGE_SIZE;
    byte[] bytes = writablePage(pageBase >>> PAGE_BITS).bytes;
    storeTags[slot] = pageBase;
    storePages[slot] = bytes;
    loadTags[slot] = pageBase;
    loadPages[slot] = bytes;
    return bytes;
  }

  private Page writablePage(long number) {
    Page page = written.get(number);
    if (page == null || !page.owner.equals(owner)) {
      byte[] bytes = new byte[PAGE_SIZE];
      read(number << PAGE_BITS, bytes);
      page = new Page(bytes, owner);
      written.put(number, page);
    }
    if (!page.dirty) {
      page.dirty = true;
      dirty.add(number);
    }
    return page;
  }

  private Page pageWritten(long number) {
    Page page = written.get(number);
    if (page == null) {
      throw new IllegalStateException("dirty page " + number + " was never written");
    }
    return page;
  }
}
