package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.tile.NibbleLayout;
import dev.opml.vm.kernel.tile.TileLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A few tiles side by side, as plain loops multiply them: enough rows for C2 to make the most of
 * each loop. One a thread. Lane {@code w t + l} owns the row in the lower half of word l of a line
 * of tile t with w words, lane {@code w t + l} plus {@link #WORDS} the one in the upper half. All
 * arrays are indexed by lanes from 0, a column or vector an array: C2 vectorizes a loop only where
 * it sees that no store meets another iteration's load.
 *
 * <p>Lanes of tiles that a band has not got are computed and never read.
 */
final class Band {
  /** Lanes: rows of all tiles. */
  static final int LANES = 512;

  /** Most tiles. */
  static final int TILES = LANES / TileLayout.ROWS;

  /** 32-bit words of a line of all tiles, each with the numbers of two rows. */
  static final int WORDS = LANES / 2;

  /** Most vectors in a batch. */
  static final int VECTORS = 64;

  /** Columns that are unpacked at once. */
  static final int COLUMNS = 8;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int GROUP_BYTES = Integer.BYTES * TileLayout.HALF_GROUP;

  private static final ThreadLocal<Band> OF_THREAD = ThreadLocal.withInitial(Band::new);

  /** Words of a line. */
  final int[] words = new int[WORDS];

  /** Words of a line of the bits above the nibble, or of the rows in upper halves. */
  final int[] above = new int[WORDS];

  /** Unpacked columns. */
  final int[][] columns = new int[COLUMNS][LANES];

  /** Unpacked columns of formats that multiply floats. */
  final float[][] floats = new float[COLUMNS][LANES];

  /** The scale of each row's block. */
  final float[] scales = new float[LANES];

  /** The minimum of each row's block. */
  final float[] minimums = new float[LANES];

  /** Two scales within the block of each row. */
  final int[][] subScales = new int[2][LANES];

  /** The minimums within the block of each row, an array for each 32 columns. */
  final int[][] subMinimums = new int[QuantizedVectors.LARGE_BLOCK / 32][LANES];

  /** A vector's sums so far. */
  final float[][] sums = new float[VECTORS][LANES];

  /** A vector's sums of the block so far. */
  final int[][] integers = new int[VECTORS][LANES];

  /** A vector's sums of the group so far, two rows a word. */
  final int[][] pairs = new int[VECTORS][WORDS];

  private final MemorySegment wordsSegment = MemorySegment.ofArray(words);
  private final MemorySegment aboveSegment = MemorySegment.ofArray(above);
  private final int[] bits = new int[LANES];
  private final MemorySegment bitsAsFloats = MemorySegment.ofArray(bits);
  private MemorySegment packed = MemorySegment.NULL;
  private long at;
  private long tileBytes;
  private int tiles;

  private Band() {}

  static Band ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Begins with some tiles, and makes sums zero.
   *
   * @param matrix packed tiles
   * @param start byte offset of the first tile
   * @param size bytes from a tile to the next
   * @param count number of tiles
   * @param vectors number of vectors
   */
  void open(MemorySegment matrix, long start, long size, int count, int vectors) {
    packed = matrix;
    at = start;
    tileBytes = size;
    tiles = count;
    for (int v = 0; v < vectors; v++) {
      Arrays.fill(sums[v], 0);
    }
  }

  /** Reads the next line of each tile to {@link #words}. */
  void line() {
    line(wordsSegment);
  }

  /** Reads the next line of each tile to {@link #above}. */
  void lineAbove() {
    line(aboveSegment);
  }

  private void line(MemorySegment to) {
    for (int t = 0; t < tiles; t++) {
      MemorySegment.copy(
          packed, at + t * tileBytes, to, (long) t * TileLayout.LINE, TileLayout.LINE);
    }
    at += TileLayout.LINE;
  }

  /**
   * Reads the next words of each tile, one a row: those of the rows in the lower halves of a line's
   * words to {@link #words}, those of the rows in the upper halves to {@link #above}.
   */
  void wordLine() {
    for (int t = 0; t < tiles; t++) {
      long from = at + t * tileBytes;
      long to = (long) t * TileLayout.LINE;
      for (int group = 0; group < TileLayout.LINE; group += GROUP_BYTES) {
        MemorySegment.copy(packed, from + 2L * group, wordsSegment, to + group, GROUP_BYTES);
        MemorySegment.copy(
            packed, from + 2L * group + GROUP_BYTES, aboveSegment, to + group, GROUP_BYTES);
      }
    }
    at += NibbleLayout.WORD_LINE;
  }

  /** Reads a line of finite binary16 numbers. */
  void halves(float[] to) {
    line();
    Loops.halves(words, bits);
    MemorySegment.copy(bitsAsFloats, FLOAT, 0, to, 0, LANES);
    Loops.scaleHalves(to);
  }

  /** Reads a line of upper halves of binary32 numbers. */
  void upperHalves(float[] to) {
    line();
    Loops.upperHalves(words, bits);
    MemorySegment.copy(bitsAsFloats, FLOAT, 0, to, 0, LANES);
  }

  /** Reads a column of binary32 numbers: lanes are rows. */
  void floats(float[] to) {
    for (int t = 0; t < tiles; t++) {
      long from = at + t * tileBytes;
      MemorySegment.copy(packed, FLOAT, from, to, t * TileLayout.ROWS, TileLayout.ROWS);
    }
    at += (long) Float.BYTES * TileLayout.ROWS;
  }
}
