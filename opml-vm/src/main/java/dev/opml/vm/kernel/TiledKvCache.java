package dev.opml.vm.kernel;

import dev.opml.api.OpmlException;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * A KV cache that keeps keys and values a second time as the vector kernels read them, two binary16
 * numbers a word, a head in one array.
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

  private final int[][] keys;
  private final int[][] values;
  private final int valueStride;

  TiledKvCache(KvLayout layout, int positions) {
    super(layout, positions);
    long tiles = (positions + POSITIONS - 1L) / POSITIONS;
    valueStride = (layout.headDim() + 2 * WORDS - 1) / (2 * WORDS) * WORDS;
    keys = arrays(layout.heads(), tiles * WORDS * layout.headDim());
    values = arrays(layout.heads(), (long) positions * valueStride);
  }

  private static int[][] arrays(int heads, long words) {
    try {
      int length = Math.toIntExact(words);
      return IntStream.range(0, heads).mapToObj(head -> new int[length]).toArray(int[][]::new);
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw new OpmlException(
          "no memory for a KV cache of %d heads with %d bytes each: -Xmx raises the limit"
              .formatted(heads, Integer.BYTES * words),
          e);
    }
  }

  /** The tiles of a head's keys. */
  int[] keys(int head) {
    return keys[head];
  }

  /** Index of the first word of the tile that starts at position {@code position}. */
  int keyTile(int position) {
    return position / POSITIONS * WORDS * layout().headDim();
  }

  /** A head's values. */
  int[] values(int head) {
    return values[head];
  }

  /** Words from a position's values to the next one's. */
  int valueStride() {
    return valueStride;
  }

  /** The element in the lower half of a word of a position's values. */
  static int element(int word) {
    return word / WORDS * POSITIONS + word % WORDS;
  }

  @Override
  public void store(
      int position, int head, float[] key, int keyOffset, float[] value, int valueOffset) {
    super.store(position, head, key, keyOffset, value, valueOffset);
    arrange(position, head);
  }

  @Override
  public void copyRows(KvCache source, int count) {
    super.copyRows(source, count);
    for (int position = 0; position < count; position++) {
      for (int head = 0; head < layout().heads(); head++) {
        arrange(position, head);
      }
    }
  }

  private void arrange(int position, int head) {
    long key = keyAt(position, head);
    long value = key + layout().valueOffset();
    int inTile = position % POSITIONS;
    int to = keyTile(position) + inTile % WORDS;
    boolean upper = inTile >= WORDS;
    for (int i = 0; i < layout().headDim(); i++) {
      put(keys[head], to + WORDS * i, upper, rows().get(HALF, key + 2L * i));
      int word = i / POSITIONS * WORDS + i % WORDS;
      boolean upperValue = i % POSITIONS >= WORDS;
      put(
          values[head],
          position * valueStride + word,
          upperValue,
          rows().get(HALF, value + 2L * i));
    }
  }

  /** Writes half a word and never the other half, which another thread may be writing. */
  private static void put(int[] words, int at, boolean upper, short bits) {
    MemorySegment.ofArray(words).set(HALF, 4L * at + (upper ? 2 : 0), bits);
  }
}
