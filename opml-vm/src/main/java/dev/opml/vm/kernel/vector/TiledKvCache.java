package dev.opml.vm.kernel.vector;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * A KV cache that keeps keys and values a second time as the vector kernels read them, as words of
 * two binary16 numbers, a head in one array. Arrays of halves, because different threads may write
 * the halves of a word.
 *
 * <p>Keys are transposed, so that a lane owns a position: for every {@value #POSITIONS} positions a
 * tile with, element after element, {@value #WORDS} words; word l holds position l in its lower
 * half and position 16 + l in its upper half. Values are position after position, elements
 * likewise, filled up with zeros to a multiple of 32.
 */
final class TiledKvCache extends KvCache {
  /** Positions of a tile. */
  static final int POSITIONS = 32;

  /** Words of one element of a tile. */
  static final int WORDS = POSITIONS / 2;

  /** Longest array that any JVM makes. */
  private static final int MOST_HALVES = Integer.MAX_VALUE - 8;

  private final short[][] keys;
  private final short[][] values;
  private final int valueStride;

  TiledKvCache(KvLayout layout, int positions) {
    super(layout, positions);
    long tiles = (positions + POSITIONS - 1L) / POSITIONS;
    valueStride = (layout.headDim() + POSITIONS - 1) / POSITIONS * POSITIONS;
    keys = arrays(layout.heads(), tiles * POSITIONS * layout.headDim());
    values = arrays(layout.heads(), (long) positions * valueStride);
  }

  /** Bytes of the arrays of such a cache. */
  static long heapBytes(KvLayout layout, int positions) {
    long padding = POSITIONS - 1;
    return Short.BYTES
        * (long) layout.heads()
        * ((positions + padding) * layout.headDim() + positions * (layout.headDim() + padding));
  }

  private static short[][] arrays(int heads, long halves) {
    if (halves > MOST_HALVES) {
      throw new LimitExceededException("elements of a head in a KV cache", MOST_HALVES, halves);
    }
    return IntStream.range(0, heads)
        .mapToObj(head -> new short[(int) halves])
        .toArray(short[][]::new);
  }

  /** The tiles of a head's keys. */
  short[] keys(int head) {
    return keys[head];
  }

  /** Index of the first half of the tile that starts at position {@code position}. */
  int keyTile(int position) {
    return position / POSITIONS * POSITIONS * layout().headDim();
  }

  /** A head's values. */
  short[] values(int head) {
    return values[head];
  }

  /** Halves from a position's values to the next one's. */
  int valueStride() {
    return valueStride;
  }

  /** The element in the lower half of a word of a position's values. */
  static int element(int word) {
    return word / WORDS * POSITIONS + word % WORDS;
  }

  /**
   * Where in a group of 32 a position or element lies: words have one of each half of the group.
   */
  private static int half(int i) {
    return 2 * (i % WORDS) + i % POSITIONS / WORDS;
  }

  @Override
  public void copyRows(KvCache source, int count) {
    super.copyRows(source, count);
    short[] halves = new short[layout().headDim()];
    for (int position = 0; position < count; position++) {
      for (int head = 0; head < layout().heads(); head++) {
        MemorySegment.copy(rows(), HALF, keyAt(position, head), halves, 0, halves.length);
        arrangeKey(position, head, halves);
        MemorySegment.copy(rows(), HALF, valueAt(position, head), halves, 0, halves.length);
        arrangeValue(position, head, halves);
      }
    }
  }

  @Override
  protected void arrangeKey(int position, int head, short[] halves) {
    short[] to = keys[head];
    int at = keyTile(position) + half(position);
    for (int i = 0; i < halves.length; i++) {
      to[at + POSITIONS * i] = halves[i];
    }
  }

  @Override
  protected void arrangeValue(int position, int head, short[] halves) {
    short[] to = values[head];
    int at = position * valueStride;
    for (int i = 0; i < halves.length; i++) {
      to[at + i / POSITIONS * POSITIONS + half(i)] = halves[i];
    }
  }
}
