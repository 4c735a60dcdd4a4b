package dev.opml.vm.kernel.tile;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.arithmetic.Half;
import dev.opml.vm.kernel.row.WeightRow;
import java.lang.foreign.MemorySegment;

/**
 * How formats of 4, 5 and 6 bits lie in tiles. A block is
 *
 * <ul>
 *   <li>a line of scales, and one of minimums where the format has them, as binary16;
 *   <li>for each 32 columns: in the K formats a line of scales within the block, the lower byte the
 *       scale and the upper the minimum (Q4_K, Q5_K), or the scales of 16 columns each (Q6_K); then
 *       the numbers.
 * </ul>
 *
 * Numbers are unsigned. 32 columns of four bits are four times a word a row; word i has columns i,
 * i + 4, i + 8 and so on, from the lowest bit up ({@link ActivationForm#NIBBLE_RECORDS}).
 *
 * <p>Numbers of five or six bits lie in two or four groups of 16 or 8 columns. A group is a line of
 * the bits above the nibble, one or two a column from the lowest bit up, then a line of nibbles for
 * each four columns, likewise.
 *
 * <p>32, 16 or 8 columns are what can be summed up in 16 bits, once the numbers are centred: {@code
 * 8 · 127 · 32}, {@code 16 · 127 · 16}, {@code 32 · 127 · 8}.
 */
public final class NibbleLayout extends TileLayout {
  private static final int SUB_BLOCK = 32;
  private static final int NIBBLE_BITS = 4;

  /** Columns from a nibble of a word to the next. */
  public static final int NIBBLE_STRIDE = 4;

  /** Bytes of a word a row. */
  public static final int WORD_LINE = 2 * LINE;

  private final int bitsAbove;
  private final boolean minimums;
  private final boolean subScales;
  private final int columns;
  private final int fileBytes;

  /** Offsets in a block of the file: of the scale, and of the minimum if there is one. */
  private final int[] floats;

  /** Lines that the numbers of 32 columns take. */
  private final int numbers;

  private final int centred;

  /**
   * The layout of a format.
   *
   * @param bits bits of a number: 4 to 6
   */
  NibbleLayout(GgmlType type, int bits) {
    bitsAbove = bits - NIBBLE_BITS;
    minimums = type.hasMinimums();
    columns = type.blockSize();
    subScales = columns == QuantizedVectors.LARGE_BLOCK;
    fileBytes = type.blockBytes();
    floats = type.floats().stream().mapToInt(BlockFloat::offset).toArray();
    numbers = (bitsAbove == 0 ? 0 : 1 << bitsAbove) + SUB_BLOCK / 4;
    centred = minimums ? 0 : 8 << bitsAbove;
  }

  /** Columns of a block. */
  public int columns() {
    return columns;
  }

  /** Bits of a number above its nibble: 0 to 2. */
  public int bitsAbove() {
    return bitsAbove;
  }

  /** Whether blocks have minimums. */
  public boolean hasMinimums() {
    return minimums;
  }

  @Override
  public long tileBytes(int elements) {
    return (long) blockBytes() * (elements / columns);
  }

  /** Bytes of a block of all rows. */
  private int blockBytes() {
    int sub = (subScales ? 1 : 0) + numbers;
    return LINE * (floats.length + columns / SUB_BLOCK * sub);
  }

  @Override
  boolean pack(WeightRow row, MemorySegment tiles, long tile, int rowInTile) {
    boolean finite = true;
    int offset = offset(rowInTile);
    long at = tile;
    for (int block = 0; block < row.columns / columns; block++) {
      for (int header = 0; header < floats.length; header++, at += LINE) {
        short bits = row.shortAt(block * fileBytes + floats[header]);
        finite &= Half.isFinite(bits);
        putShort(tiles, at + offset, bits);
      }
      for (int column = block * columns; column < (block + 1) * columns; column += SUB_BLOCK) {
        if (subScales) {
          putShort(tiles, at + offset, row.subScales(column));
          at += LINE;
        }
        if (bitsAbove == 0) {
          packWords(row, column, tiles, at + 4L * rowInTile);
        } else {
          packGroups(row, column, tiles, at + offset);
        }
        at += (long) numbers * LINE;
      }
    }
    return finite;
  }

  private void packWords(WeightRow row, int from, MemorySegment tiles, long start) {
    for (int i = 0; i < NIBBLE_STRIDE; i++) {
      int word = 0;
      for (int column = SUB_BLOCK - NIBBLE_STRIDE; column >= 0; column -= NIBBLE_STRIDE) {
        word = word << NIBBLE_BITS | nibble(row, from + column + i);
      }
      putInt(tiles, start + (long) WORD_LINE * i, word);
    }
  }

  private void packGroups(WeightRow row, int start, MemorySegment tiles, long first) {
    long at = first;
    int group = SUB_BLOCK >> bitsAbove;
    for (int from = start; from < start + SUB_BLOCK; from += group) {
      int above = 0;
      for (int column = from + group - 1; column >= from; column--) {
        above = above << bitsAbove | number(row, column) >> NIBBLE_BITS;
      }
      putShort(tiles, at, above);
      at += LINE;
      for (int column = from; column < from + group; column += 4, at += LINE) {
        int nibbles = 0;
        for (int i = 3; i >= 0; i--) {
          nibbles = nibbles << NIBBLE_BITS | nibble(row, column + i);
        }
        putShort(tiles, at, nibbles);
      }
    }
  }

  private int nibble(WeightRow row, int column) {
    return number(row, column) & 15;
  }

  /** A weight's unsigned number. */
  private int number(WeightRow row, int column) {
    return row.q[column] + centred;
  }
}
