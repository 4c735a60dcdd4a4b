package dev.opml.vm.kernel.vector;

import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.arithmetic.Half;
import dev.opml.vm.kernel.tile.TileLayout;
import dev.opml.vm.kernel.width.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.VectorSpecies;

/** The vector kernels of a weight format in tiles. Immutable and thread-safe. */
abstract class TileFormat {
  static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  static final int LANES = VectorWidth.LANES;
  static final int BYTES = VectorWidth.BYTES;
  static final int ROWS = TileLayout.ROWS;
  static final int LINE = TileLayout.LINE;

  /** 32-bit words of a line. */
  static final int WORDS = ROWS / 2;

  /** Tiles that are multiplied at once with a few vectors where several are read in turns. */
  static final int AT_ONCE = 2;

  /** Vectors of rows in a register tile: 16 accumulators need 32 registers. */
  static final int WIDE = VectorWidth.BITS == 512 ? 4 : 2;

  /**
   * Whether fused multiply-adds are done in hardware: they are used only where nothing is rounded,
   * and without hardware they take microseconds.
   */
  static final boolean FUSED = fusedIsFast();

  /** Rows from the one in the lower half of a word to the one in its upper half. */
  static final int UPPER = LANES;

  /** Bytes of a column of floats. */
  static final int COLUMN = 4 * ROWS;

  // In arrays, for C2 to keep them in registers; it makes constants anew in every iteration.

  static final int[] SIGN_AND_MAGNITUDE = {Half.SIGN_AND_MAGNITUDE};

  static final int[] UPPER_HALF = {0xffff0000};

  static final float[] HALF_SCALE = {Half.SCALE};

  private static final int FUSED_PROBES = 20;

  /** Interpreted, with hardware it is a tenth of this; without, ten times. */
  private static final long FUSED_NANOS = 2000;

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static boolean fusedIsFast() {
    float sum = 0;
    long start = System.nanoTime();
    for (int i = 0; i < FUSED_PROBES; i++) {
      sum = Math.fma(sum, 0.5f, i);
    }
    return sum > 0 && System.nanoTime() - start < FUSED_PROBES * FUSED_NANOS;
  }

  /** Most tiles that {@link #multiplyFew} takes. */
  final int mostTiles;

  private final int leastBatch;

  /**
   * A format.
   *
   * @param leastBatch fewest vectors for which it pays to unpack weights, at most one more than
   *     {@link Activations#MOST_FEW}
   * @param mostTiles most tiles that {@link #multiplyFew} takes: 1, or those read in turns
   */
  TileFormat(int leastBatch, int mostTiles) {
    this.leastBatch = leastBatch;
    this.mostTiles = mostTiles;
  }

  /** Whether weights are unpacked for so many vectors; fewer are few. */
  final boolean isBatch(int vectors) {
    return vectors >= leastBatch;
  }

  /** Whether weights are unpacked for these vectors. */
  final boolean isBatch(Activations x) {
    return x.isAlwaysBatch() || isBatch(x.vectors());
  }

  /**
   * How many of a batch's vectors are multiplied four at once. One or two that are left over are
   * multiplied alone, three with one after them, whose sums nobody reads.
   */
  static int inFours(int count) {
    return (count + 1) / 4 * 4;
  }

  /** See {@link WeightMatrix#prepare}. */
  abstract void prepare(Activations x);

  /**
   * How many tiles a vector has sums of while {@code tiles} are multiplied: one more, which nobody
   * reads, if two are multiplied at once and their number is odd.
   */
  final int slots(int tiles) {
    return mostTiles == 1 ? tiles : even(tiles);
  }

  /** The tiles rounded up to an even number, as an odd one is multiplied with itself. */
  static int even(int tiles) {
    return (tiles + 1) / AT_ONCE * AT_ONCE;
  }

  /**
   * Multiplies the rows of a few tiles with all vectors, to {@link TileScratch#sums}: row r of tile
   * t times vector v to {@code (v * slots(tiles) + t) * ROWS + r}.
   *
   * <p>Several tiles are read block by block in turns, two at once: memory is read faster in
   * several streams than in one, if a kernel has time left for it and blocks are short. Formats of
   * which that is not true take one tile.
   *
   * @param w packed tiles
   * @param tile byte offset of the first tile
   * @param stride bytes from a tile to the next
   * @param tiles number of tiles, at most {@link #mostTiles}
   * @param columns elements of a row
   * @param x vectors, quantized as the format needs it
   * @param scratch overwritten
   */
  abstract void multiplyFew(
      MemorySegment w,
      long tile,
      long stride,
      int tiles,
      int columns,
      Activations x,
      TileScratch scratch);

  /**
   * Multiplies a tile's rows with a batch of vectors, to {@link TileScratch#sums}.
   *
   * @param tiles packed tiles
   * @param tile byte offset of the tile
   * @param columns elements of a row
   * @param x vectors, quantized as the format needs it
   * @param first first vector
   * @param count number of vectors, at most {@link TileScratch#VECTORS}
   * @param scratch overwritten
   */
  abstract void multiplyBatch(
      MemorySegment tiles,
      long tile,
      int columns,
      Activations x,
      int first,
      int count,
      TileScratch scratch);
}
