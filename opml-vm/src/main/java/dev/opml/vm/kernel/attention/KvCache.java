package dev.opml.vm.kernel.attention;

import dev.opml.vm.kernel.arithmetic.Half;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The KV rows of one layer, byte for byte as the state region has them. Rows of different positions
 * may be written by different threads; readers must come after.
 */
public class KvCache {
  /** A binary16 number in {@link #rows()}. */
  public static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long ALIGNMENT = 128;
  private static final int HALF_BYTES = 2;

  private final KvLayout layout;
  private final int positions;
  private final MemorySegment rows;
  private volatile boolean sawNan;

  /**
   * Makes room for the rows of positions 0 to {@code positions}, exclusive, all zero. They live as
   * long as somebody can reach them.
   *
   * @throws OutOfMemoryError if they exceed {@code -XX:MaxDirectMemorySize}, which it names
   */
  public KvCache(KvLayout layout, int positions) {
    this.layout = layout;
    this.positions = positions;
    rows = allocate((long) layout.stride() * positions);
  }

  private static MemorySegment allocate(long bytes) {
    try {
      return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw (OutOfMemoryError)
          new OutOfMemoryError(
                  "no memory for %d bytes of KV cache: -XX:MaxDirectMemorySize raises the limit"
                      .formatted(bytes))
              .initCause(e);
    }
  }

  /** The layer's layout. */
  public final KvLayout layout() {
    return layout;
  }

  /** Number of rows. */
  public final int positions() {
    return positions;
  }

  /** All rows, from position 0. A live view. */
  public final MemorySegment rows() {
    return rows;
  }

  /** Whether a NaN has ever been stored; fast kernels must not read such a cache. */
  public final boolean sawNan() {
    return sawNan;
  }

  /**
   * Rounds a key of a head to binary16 and stores it.
   *
   * @param position the row
   * @param head the head
   * @param key array with the key
   * @param offset index of its first element
   */
  public void storeKey(int position, int head, float[] key, int offset) {
    arrangeKey(position, head, store(keyAt(position, head), key, offset));
  }

  /** {@link #storeKey} for a value. */
  public void storeValue(int position, int head, float[] value, int offset) {
    arrangeValue(position, head, store(valueAt(position, head), value, offset));
  }

  private short[] store(long at, float[] from, int offset) {
    short[] halves = new short[layout.headDim()];
    if (Half.saturate(from, offset, halves)) {
      sawNan = true;
    }
    MemorySegment.copy(halves, 0, rows, HALF, at, halves.length);
    return halves;
  }

  /** What else is kept of a key that was stored: nothing. */
  protected void arrangeKey(int position, int head, short[] halves) {}

  /** What else is kept of a value that was stored: nothing. */
  protected void arrangeValue(int position, int head, short[] halves) {}

  /** Takes over the first {@code count} rows of a cache with the same layout. */
  public void copyRows(KvCache source, int count) {
    MemorySegment.copy(source.rows, 0, rows, 0, (long) layout.stride() * count);
    sawNan = source.sawNan;
  }

  /** Makes all rows from {@code position} on zero again. */
  public final void clearFrom(int position) {
    rows.asSlice((long) layout.stride() * position).fill((byte) 0);
  }

  /**
   * Exclusive-ors a 32-bit little-endian word, which may become anything: from then on only the
   * exact kernels read this cache.
   *
   * @param offset offset in bytes from the first row, a multiple of 4
   * @param mask bits to flip
   */
  public final void flip(long offset, int mask) {
    rows.set(WORD, offset, rows.get(WORD, offset) ^ mask);
    sawNan = true;
  }

  /** Byte offset of a key in {@link #rows()}. */
  public final long keyAt(int position, int head) {
    return (long) layout.stride() * position + (long) HALF_BYTES * layout.headDim() * head;
  }

  /** Byte offset of a value in {@link #rows()}. */
  public final long valueAt(int position, int head) {
    return keyAt(position, head) + layout.valueOffset();
  }
}
