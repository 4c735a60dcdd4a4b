package dev.opml.vm.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix repacked into tiles of {@value TileLayout#ROWS} rows ({@link TileLayout}). The last tile
 * is filled up with zero rows. Behind the tiles is a byte a tile: whether it has a scale or weight
 * that is not finite, which the fast conversion from binary16 would get wrong; such a tile is left
 * to the scalar kernel.
 */
final class TiledMatrix implements WeightMatrix {
  /** Vectors from which on a tile is unpacked for a batch, and what their number is rounded to. */
  private static final int BATCH = 4;

  private final TileFormat format;
  private final ScalarMatrix exact;
  private final int columns;
  private final MemorySegment packed;
  private final long tileBytes;
  private final long flags;

  /**
   * Wraps a packed matrix.
   *
   * @param matrix the matrix as the file has it
   * @param packed what {@link #pack} has filled
   */
  TiledMatrix(FileMatrix matrix, MemorySegment packed) {
    this.packed = packed;
    format = TileFormat.of(matrix.type());
    columns = matrix.columns();
    exact = new ScalarMatrix(matrix);
    tileBytes = format.tileBytes(columns);
    flags = tileBytes * tiles(matrix);
  }

  /** Number of tiles. */
  static int tiles(FileMatrix matrix) {
    return (matrix.rows() + TileLayout.ROWS - 1) / TileLayout.ROWS;
  }

  /** Bytes of a packed matrix. */
  static long bytes(FileMatrix matrix) {
    int tiles = tiles(matrix);
    long tileBytes = TileFormat.of(matrix.type()).tileBytes(matrix.columns());
    return Math.addExact(Math.multiplyExact(tileBytes, tiles), tiles);
  }

  /**
   * Packs one tile. Different tiles may be packed by different threads.
   *
   * @param matrix the matrix
   * @param tile number of the tile
   * @param packed where to, {@link #bytes} of it, zero
   */
  static void pack(FileMatrix matrix, int tile, MemorySegment packed) {
    TileFormat format = TileFormat.of(matrix.type());
    long tileBytes = format.tileBytes(matrix.columns());
    WeightRow row = WeightRow.of(matrix.type(), matrix.columns());
    boolean finite = true;
    int first = tile * TileLayout.ROWS;
    for (int r = first; r < Math.min(matrix.rows(), first + TileLayout.ROWS); r++) {
      row.read(matrix.data(), r);
      finite &= format.pack(row, packed, tileBytes * tile, r - first);
    }
    long flag = tileBytes * tiles(matrix) + tile;
    packed.set(ValueLayout.JAVA_BYTE, flag, (byte) (finite ? 0 : 1));
  }

  @Override
  public int activationBlock() {
    return exact.activationBlock();
  }

  @Override
  public int rowGranularity() {
    return TileLayout.ROWS;
  }

  @Override
  public void multiply(
      Activations x,
      int firstVector,
      int endVector,
      int firstRow,
      int endRow,
      float[] out,
      int outStride) {
    for (int from = firstRow; from < endRow; ) {
      int tile = from / TileLayout.ROWS;
      int to = Math.min(endRow, (tile + 1) * TileLayout.ROWS);
      if (packed.get(ValueLayout.JAVA_BYTE, flags + tile) != 0) {
        exact.multiply(x, firstVector, endVector, from, to, out, outStride);
      } else {
        multiplyTile(tile, x, firstVector, endVector, from, to, out, outStride);
      }
      from = to;
    }
  }

  private void multiplyTile(
      int tile, Activations x, int first, int end, int from, int to, float[] out, int outStride) {
    int start = tile * TileLayout.ROWS;
    int v = first;
    while (end - v >= BATCH) {
      int count = Math.min(TileScratch.VECTORS, (end - v) / BATCH * BATCH);
      TileScratch scratch = TileScratch.ofThread();
      format.multiplyBatch(packed, tileBytes * tile, columns, x, v, count, scratch);
      for (int i = 0; i < count; i++, v++) {
        int row = i * TileLayout.ROWS + from - start;
        System.arraycopy(scratch.sums, row, out, v * outStride + from, to - from);
      }
    }
    boolean whole = to - from == TileLayout.ROWS;
    float[] sums = whole || v == end ? out : TileScratch.ofThread().sums;
    for (; v < end; v++) {
      int at = whole ? v * outStride + start : 0;
      format.multiplyOne(packed, tileBytes * tile, columns, x, v, sums, at);
      if (!whole) {
        System.arraycopy(sums, from - start, out, v * outStride + from, to - from);
      }
    }
  }
}
