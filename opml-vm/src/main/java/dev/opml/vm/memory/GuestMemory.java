package dev.opml.vm.memory;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The whole 2^40-byte memory of a running guest: a snapshot of persistent memory and zero scratch,
 * plus the 64 KiB pages written since. Not thread-safe; memories forked from each other may be used
 * by different threads.
 *
 * <p>A page is an array of 64-bit words, the byte at the lowest address in a word's low bits.
 * Engines index it without any view, which is what compiles to the fewest instructions; narrow
 * accesses, which guest kernels avoid, shift.
 *
 * <p>The page look-ups are the interpreter's loads and stores. A small direct-mapped table of pages
 * answers nearly all of them with one comparison, which checks range, permission and alignment at
 * once: a table entry exists only for a page that may be accessed, and the tag of a misaligned
 * address equals no entry's. Stores find only pages that are marked dirty already, so that tracking
 * costs nothing.
 */
public final class GuestMemory {
  private static final int PAGE_BITS = 16;

  /** Bytes in a page. */
  public static final int PAGE_SIZE = 1 << PAGE_BITS;

  private static final int WORDS = PAGE_SIZE / Long.BYTES;
  private static final int LEAF_WORDS = MemoryRegion.LEAF_SIZE / Long.BYTES;
  private static final int SLOT_BITS = 8;
  private static final int SLOTS = 1 << SLOT_BITS;
  private static final long NO_PAGE = -1;
  private static final long[] ZERO_PAGE = new long[WORDS];

  private final MemorySnapshot base;
  private final AccessRules rules;
  private final Map<Long, Page> written;
  private final List<Long> dirty = new ArrayList<>();
  private MerkleTree tree;
  private Object owner = new Object();

  private final RecentPages recent = new RecentPages();
  private final long[] loadTags = new long[SLOTS];
  private final long[] storeTags = new long[SLOTS];
  private final long[][] loadPages = new long[SLOTS][];
  private final long[][] storePages = new long[SLOTS][];

  private GuestMemory(
      MemorySnapshot base, AccessRules rules, Map<Long, Page> written, MerkleTree tree) {
    this.base = base;
    this.rules = rules;
    this.written = written;
    this.tree = tree;
    Arrays.fill(loadTags, NO_PAGE);
    Arrays.fill(storeTags, NO_PAGE);
  }

  /** The memory at the start of a node: {@code base} and zero scratch. */
  public static GuestMemory over(MemorySnapshot base) {
    return over(base, AccessRules.IMAGE);
  }

  /** As {@link #over(MemorySnapshot)}, with other rules than those of program images. */
  public static GuestMemory over(MemorySnapshot base, AccessRules rules) {
    MerkleTree tree =
        MerkleTree.zero(MemoryRegion.MEMORY_DEPTH)
            .withSubtree(MemoryRegion.PERSISTENT_DEPTH, 0, base.tree());
    return new GuestMemory(base, rules, new HashMap<>(), tree);
  }

  /** Another memory with the same bytes. The two share pages until one of them writes. */
  public GuestMemory fork() {
    // Bringing the tree up to date also empties the table of stores, so the next store looks at the
    // owner.
    MerkleTree current = tree();
    owner = new Object();
    return new GuestMemory(base, rules, new HashMap<>(written), current);
  }

  /** The persistent memory that this one started from. */
  public MemorySnapshot base() {
    return base;
  }

  /**
   * The page that a load reads from.
   *
   * @param size bytes to load: 1, 2, 4 or 8
   * @return the page, not to be changed and valid until the next call of {@link #pageForStore} or
   *     {@link #fork}; null if the load faults
   */
  public long @Nullable [] pageForLoad(long address, int size) {
    int slot = slot(address);
    return (address & tagMask(size)) == loadTags[slot]
        ? loadPages[slot]
        : loadMiss(address, size, slot);
  }

  /**
   * The page that a store writes to.
   *
   * @param size bytes to store: 1, 2, 4 or 8
   * @return the page, valid until the next call of {@link #tree} or {@link #fork}; null if the
   *     store faults
   * @throws LimitExceededException if more pages would be written than the rules allow
   */
  public long @Nullable [] pageForStore(long address, int size) {
    int slot = slot(address);
    return (address & tagMask(size)) == storeTags[slot]
        ? storePages[slot]
        : storeMiss(address, size);
  }

  /**
   * The pages that places in translated code accessed last. A place may take its page from here if
   * the tag is what {@link #tagMask} leaves of its address; else {@link #pageForPlace} has it. Even
   * places load, odd ones store.
   */
  public RecentPages recentPages() {
    return recent;
  }

  /**
   * As {@link #pageForLoad} for an even place, and as {@link #pageForStore} for an odd one. But
   * stores also get null for a page that {@link #pageForStore} has not prepared: so pages that
   * loads got stay valid.
   */
  public long @Nullable [] pageForPlace(int place, long address, int size) {
    long[] page = (place & 1) == 0 ? pageForLoad(address, size) : preparedPage(address, size);
    if (page != null) {
      recent.tags[place] = address & -PAGE_SIZE;
      recent.pages[place] = page;
    }
    return page;
  }

  private long @Nullable [] preparedPage(long address, int size) {
    Page page = written.get(address >>> PAGE_BITS);
    return page != null
            && page.dirty
            && page.owner.equals(owner)
            && rules.storablePage(address & -PAGE_SIZE)
        ? pageForStore(address, size)
        : null;
  }

  /** Index in its page of the word that holds the byte at {@code address}. */
  public static int wordIndex(long address) {
    return ((int) address & PAGE_SIZE - 1) >>> 3;
  }

  /** The bytes from {@code address} to the end of their word, in the low bits. */
  public static long load(long[] page, long address) {
    return page[wordIndex(address)] >>> (address << 3);
  }

  /**
   * Replaces some bytes of a word.
   *
   * @param mask the bytes to store, as a mask of the low bits; they must not leave the word
   * @param value the new bytes in the low bits; higher bits are ignored
   */
  public static void store(long[] page, long address, long mask, long value) {
    int index = wordIndex(address);
    long shift = address << 3;
    page[index] = (page[index] & ~(mask << shift)) | (value & mask) << shift;
  }

  /** What an address is compared with a page's first address by, if it is a multiple of size. */
  public static long tagMask(int size) {
    return -PAGE_SIZE | size - 1;
  }

  /** Whether the machine may fetch an instruction at {@code address}. */
  public boolean mayFetch(long address) {
    return (address & 3) == 0 && rules.fetchable(address);
  }

  /** Whether the machine may load {@code size} bytes (1, 2, 4 or 8) at {@code address}. */
  public boolean mayLoad(long address, int size) {
    return (address & size - 1) == 0 && 0 <= address && address < MemoryExtent.ADDRESS_SPACE;
  }

  /** Whether the machine may store {@code size} bytes (1, 2, 4 or 8) at {@code address}. */
  public boolean mayStore(long address, int size) {
    return (address & size - 1) == 0 && rules.storable(address);
  }

  /**
   * Reads bytes, whatever the machine may do with them.
   *
   * @throws IllegalArgumentException if they leave the address space
   */
  public void read(long address, byte[] target) {
    checkRange(address, target.length);
    for (int done = 0; done < target.length; ) {
      long from = address + done;
      int offset = (int) from & PAGE_SIZE - 1;
      int length = Math.min(target.length - done, PAGE_SIZE - offset);
      Page page = written.get(from >>> PAGE_BITS);
      if (page != null) {
        copy(page.words, offset, target, done, length);
      } else {
        base.read(from, target, done, length);
      }
      done += length;
    }
  }

  /**
   * Writes bytes, whatever the machine may do with them.
   *
   * @throws IllegalArgumentException if they leave the address space
   * @throws LimitExceededException if more pages would be written than the rules allow
   */
  public void write(long address, byte[] source) {
    checkRange(address, source.length);
    for (int i = 0; i < source.length; ) {
      long[] page = preparePage(address + i);
      do {
        store(page, address + i, 0xff, source[i]);
        i++;
      } while (i < source.length && (address + i) % PAGE_SIZE != 0);
    }
  }

  private static void checkRange(long address, int length) {
    if (address < 0 || address > MemoryExtent.ADDRESS_SPACE - length) {
      throw new IllegalArgumentException("outside memory: 0x" + Long.toHexString(address));
    }
  }

  /** The tree over the whole memory, height 33. Hashes the leaves changed since the last call. */
  public MerkleTree tree() {
    dirty.sort(null);
    for (long number : dirty) {
      Page page = pageWritten(number);
      hashChanges(number << PAGE_BITS, page.words, Objects.requireNonNull(page.hashed));
      page.dirty = false;
      page.hashed = null;
    }
    if (!dirty.isEmpty()) {
      dirty.clear();
      Arrays.fill(storeTags, NO_PAGE);
      recent.forget();
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

  /** Spreads pages by the golden ratio, since regions begin at multiples of large powers of two. */
  private static int slot(long address) {
    long spread = (address >>> PAGE_BITS) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (spread >>> (Long.SIZE - SLOT_BITS));
  }

  private long @Nullable [] loadMiss(long address, int size, int slot) {
    if (!mayLoad(address, size)) {
      return null;
    }
    long pageBase = address & -PAGE_SIZE;
    Page page = written.get(pageBase >>> PAGE_BITS);
    long[] words;
    if (page != null) {
      words = page.words;
    } else if (MemoryRegion.SCRATCH.contains(pageBase)) {
      words = ZERO_PAGE;
    } else {
      words = readPage(pageBase);
    }
    loadTags[slot] = pageBase;
    loadPages[slot] = words;
    return words;
  }

  private long @Nullable [] storeMiss(long address, int size) {
    return mayStore(address, size) ? preparePage(address) : null;
  }

  /** A page that may be changed; where stores are not legal throughout, each has to come here. */
  private long[] preparePage(long address) {
    long pageBase = address & -PAGE_SIZE;
    int slot = slot(address);
    long[] words = writablePage(pageBase >>> PAGE_BITS).words;
    if (rules.storablePage(pageBase)) {
      storeTags[slot] = pageBase;
      storePages[slot] = words;
    }
    loadTags[slot] = pageBase;
    loadPages[slot] = words;
    return words;
  }

  private Page writablePage(long number) {
    Page page = written.get(number);
    if (page == null) {
      requireRoom();
      long[] words = readPage(number << PAGE_BITS);
      page = new Page(words, words.clone(), owner);
      written.put(number, page);
    } else if (!page.owner.equals(owner)) {
      page = new Page(page.words.clone(), page.words, owner);
      written.put(number, page);
    } else if (!page.dirty) {
      page.hashed = page.words.clone();
    }
    if (!page.dirty) {
      page.dirty = true;
      dirty.add(number);
      recent.forget();
    }
    return page;
  }

  private void requireRoom() {
    if (written.size() >= rules.mostPages()) {
      throw new LimitExceededException(
          "writtenBytes", (long) rules.mostPages() * PAGE_SIZE, (written.size() + 1L) * PAGE_SIZE);
    }
  }

  private long[] readPage(long address) {
    long[] words = new long[WORDS];
    if (!MemoryRegion.SCRATCH.contains(address)) {
      base.read(address, words);
    }
    return words;
  }

  /** Rehashes, in each piece of 32 leaves, from the first to the last that changed. */
  private void hashChanges(long address, long[] words, long[] hashed) {
    int piece = 32 * LEAF_WORDS;
    for (int start = 0; start < WORDS; start += piece) {
      int end = start + piece;
      int mismatch = Arrays.mismatch(words, start, end, hashed, start, end);
      if (mismatch >= 0) {
        int first = start + mismatch / LEAF_WORDS * LEAF_WORDS;
        while (Arrays.equals(words, end - LEAF_WORDS, end, hashed, end - LEAF_WORDS, end)) {
          end -= LEAF_WORDS;
        }
        byte[] leaves = new byte[(end - first) * Long.BYTES];
        copy(words, first * Long.BYTES, leaves, 0, leaves.length);
        tree = tree.withBytes(address + (long) first * Long.BYTES, leaves);
      }
    }
  }

  /** Copies bytes out of words. */
  private static void copy(long[] words, int offset, byte[] target, int to, int length) {
    int from = offset / Long.BYTES;
    int end = (offset + length + Long.BYTES - 1) / Long.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate((end - from) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words, from, end - from);
    bytes.get(offset % Long.BYTES, target, to, length);
  }

  private Page pageWritten(long number) {
    Page page = written.get(number);
    if (page == null) {
      throw new IllegalStateException("dirty page " + number + " was never written");
    }
    return page;
  }
}
