package dev.opml.vm.kernel.vector;

import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.tile.TileLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a thread needs to multiply a tile with a batch: 32 unpacked columns, which stay in the first
 * level cache, and the sums so far. One a thread. Heap arrays, because C2 takes the bounds checks
 * out of loops over arrays and leaves those of memory segments in.
 */
final class TileScratch {
  /** Most vectors in a batch. */
  static final int VECTORS = 128;

  /** Most tiles that are multiplied in turns with a few vectors. */
  static final int TILES = 4;

  /** Columns that are unpacked at once. */
  static final int COLUMNS_AT_ONCE = 32;

  /** 32 columns of 16 bits, and some lines more. */
  private static final int MOST_PACKED_BYTES = (COLUMNS_AT_ONCE + 4) * TileLayout.LINE;

  private static final int SUB_BLOCKS = QuantizedVectors.LARGE_BLOCK / QuantizedVectors.SMALL_BLOCK;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ThreadLocal<TileScratch> OF_THREAD =
      ThreadLocal.withInitial(TileScratch::new);

  /** Packed words that are being unpacked. */
  final int[] packed = new int[MOST_PACKED_BYTES / Integer.BYTES];

  /** Unpacked columns as floats: row r of column c at {@code c * ROWS + r}. */
  final float[] floats = new float[COLUMNS_AT_ONCE * TileLayout.ROWS];

  /** Unpacked columns as 16-bit numbers, two a word, in the order of {@link TileLayout}. */
  final int[] words = new int[COLUMNS_AT_ONCE * TileLayout.ROWS / 2];

  /** The scale of the block of each row, of one tile or of those that are multiplied at once. */
  final float[] scales = new float[TileFormat.AT_ONCE * TileLayout.ROWS];

  /** The minimum of the block of each row, likewise. */
  final float[] minimums = new float[TileFormat.AT_ONCE * TileLayout.ROWS];

  /** The scale within the block of 32 columns of each row. */
  final int[] subScales = new int[TileLayout.ROWS];

  /**
   * The minimums within the block, as floats: row r of columns 32 j and on at {@code j * ROWS + r}.
   */
  final float[] subMinimums = new float[SUB_BLOCKS * TileLayout.ROWS];

  /** A row's sum so far: row r of vector v at {@code v * ROWS + r}. */
  final float[] sums = new float[VECTORS * TileLayout.ROWS];

  /** Integer sums of the block so far, likewise; zero between the blocks of a product. */
  final int[] integers = new int[VECTORS * TileLayout.ROWS];

  private TileScratch() {}

  /** Copies bytes of tiles to {@link #packed}, where no access has to be checked. */
  void load(MemorySegment tiles, long offset, int bytes) {
    MemorySegment.copy(tiles, WORD, offset, packed, 0, bytes / Integer.BYTES);
  }

  static TileScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Makes the first {@code tiles} tiles of {@link #sums} zero. */
  void clear(int tiles) {
    Arrays.fill(sums, 0, tiles * TileLayout.ROWS, 0);
  }

  /** Makes their integer sums zero: a product that failed may have left some. */
  void clearIntegers(int vectors) {
    Arrays.fill(integers, 0, vectors * TileLayout.ROWS, 0);
  }
}
