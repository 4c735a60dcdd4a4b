package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;

/**
 * How formats of 4, 5 and 6 bits lie in tiles. A block is
 *
 * <ul>
 *   <li>a line of scales, and one of minimums where the format has them, as binary16;
 *   <li>for each 32 columns: in the K formats a line of scales within the block, the lower byte the
 *       scale and the upper the minimum (Q4_K, Q5_K), or the scales of 16 columns each (Q6_K); then
 *       one, two or four groups of 32, 16 or 8 columns.
 * </ul>
 *
 * A group is a line of the bits above the nibble, if there are, one or two a column from the lowest
 * bit up, then a line of nibbles for each four columns, likewise. Numbers are unsigned. A group is
 * as long as its sum of products fits 16 bits, once the numbers are centred: {@code 8 · 127 · 32},
 * {@code 16 · 127 · 16}, {@code 32 · 127 · 8}.
 */
final class NibbleLayout extends TileLayout {
  private static final int SUB_BLOCK = 32;
  private static final int NIBBLES = 4;

  private final int bitsAbove;
  private final boolean minimums;
  private final boolean subScales;
  private final int columns;
  private final int fileBytes;
  private final int scaleAt;
  private final int centred;

  NibbleLayout(GgmlType type) {
    bitsAbove =
        switch (type) {
          case Q4_0, Q4_1, Q4_K -> 0;
          case Q5_0, Q5_1, Q5_K -> 1;
          case Q6_K -> 2;
          default -> throw new IllegalArgumentException("not of 4 to 6 bits: " + type);
        };
    minimums =
        switch (type) {
          case Q4_1, Q5_1, Q4_K, Q5_K -> true;
          default -> false;
        };
    columns = type.blockSize();
    subScales = columns == QuantizedVectors.LARGE_BLOCK;
    fileBytes = type.blockBytes();
    scaleAt = type == GgmlType.Q6_K ? fileBytes - 2 : 0;
    centred = minimums ? 0 : 8 << bitsAbove;
  }

  /** Bits of a number above its nibble: 0 to 2. */
  int bitsAbove() {
    return bitsAbove;
  }

  /** Whether blocks have minimums. */
  boolean hasMinimums() {
    return minimums;
  }

  @Override
  long tileBytes(int elements) {
    return (long) blockBytes() * (elements / columns);
  }

  /** Bytes of a block of all rows. */
  int blockBytes() {
    int header = minimums ? 2 : 1;
    int group = (bitsAbove == 0 ? 0 : 1) + (SUB_BLOCK >> bitsAbove) / NIBBLES;
    int sub = (subScales ? 1 : 0) + (group << bitsAbove);
    return LINE * (header + columns / SUB_BLOCK * sub);
  }

  @Override
  boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile) {
    boolean finite = true;
    long at = tile + offset(rowInTile);
    for (int block = 0; block < row.columns / columns; block++) {
      int from = block * fileBytes + scaleAt;
      for (int header = 0; header < (minimums ? 2 : 1); header++, at += LINE) {
        short bits = row.shortAt(from + 2 * header);
        finite &= Half.isFinite(bits);
        putShort(tiles, at, bits);
      }
      for (int column = block * columns; column < (block + 1) * columns; column += SUB_BLOCK) {
        if (subScales) {
          putShort(tiles, at, row.subScales(column));
          at += LINE;
        }
        for (int group = 0; group < 1 << bitsAbove; group++) {
          at = packGroup(row, column + group * (SUB_BLOCK >> bitsAbove), tiles, at);
        }
      }
    }
    return finite;
  }

  private long packGroup(WeightRow row, int from, MemorySegment tiles, long start) {
    long at = start;
    int end = from + (SUB_BLOCK >> bitsAbove);
    if (bitsAbove > 0) {
      int above = 0;
      for (int column = end - 1; column >= from; column--) {
        above = above << bitsAbove | (row.q[column] + centred) >> NIBBLES;
      }
      putShort(tiles, at, above);
      at += LINE;
    }
    for (int column = from; column < end; column += NIBBLES, at += LINE) {
      int nibbles = 0;
      for (int i = NIBBLES - 1; i >= 0; i--) {
        nibbles = nibbles << NIBBLES | ((row.q[column + i] + centred) & 15);
      }
      putShort(tiles, at, nibbles);
    }
    return at;
  }
}
