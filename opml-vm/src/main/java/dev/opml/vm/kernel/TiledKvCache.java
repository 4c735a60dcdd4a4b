package dev.opml.vm.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A KV cache that keeps the keys a second time, transposed, so that a vector lane owns a position:
 * for every head and 32 positions a tile with, element after element, 16 words; word l holds
 * position l in its lower half and position 16 + l in its upper half.
 */
final class TiledKvCache extends KvCache {
  /** Positions of a tile. */
  static final int POSITIONS = 32;

  /** Bytes of one element's words. */
  static final int LINE = 2 * POSITIONS;

  private static final int HALF_TILE = POSITIONS / 2;
  private static final long ALIGNMENT = 64;

  private final long tileBytes;
  private final long headBytes;
  private final MemorySegment keys;

  TiledKvCache(KvLayout layout, int positions) {
    super(layout, positions);
    tileBytes = (long) LINE * layout.headDim();
    headBytes = tileBytes * ((positions + POSITIONS - 1) / POSITIONS);
    keys = allocate(headBytes * layout.heads(), ALIGNMENT);
  }

  MemorySegment keys() {
    return keys;
  }

  /**
   * Byte offset of the tile of a head that starts at position {@code position}, a multiple of
   * {@value #POSITIONS}.
   */
  long tile(int head, int position) {
    return headBytes * head + tileBytes * (position / POSITIONS);
  }

  @Override
  public void store(
      int position, int head, float[] key, int keyOffset, float[] value, int valueOffset) {
    super.store(position, head, key, keyOffset, value, valueOffset);
    transpose(position, head);
  }

  @Override
  public void copyRows(KvCache source, int count) {
    super.copyRows(source, count);
    for (int position = 0; position < count; position++) {
      for (int head = 0; head < layout().heads(); head++) {
        transpose(position, head);
      }
    }
  }

  private void transpose(int position, int head) {
    int inTile = position % POSITIONS;
    long from = keyAt(position, head);
    long to = tile(head, position) + 4L * (inTile % HALF_TILE) + 2L * (inTile / HALF_TILE);
    for (int i = 0; i < layout().headDim(); i++) {
      keys.set(HALF, to + (long) LINE * i, rows().get(HALF, from + 2L * i));
    }
  }
}
