package dev.opml.vm.kernel.tile;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.row.WeightRow;
import dev.opml.vm.kernel.scalar.ScalarMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix repacked into tiles of a few rows ({@link TileLayout}). The last tile is filled up with
 * zero rows. Behind the tiles is a byte a tile: whether it has a scale or weight that is not
 * finite, which the fast conversion from binary16 would get wrong; such a tile is left to the
 * reference.
 */
public abstract class TiledMatrix implements WeightMatrix {
  /** The tiles, and the flags behind them. */
  protected final MemorySegment packed;

  /** Elements of a row. */
  protected final int columns;

  /** Bytes of a tile. */
  protected final long tileBytes;

  /** Most tiles that {@link #multiplyTiles} takes. */
  protected final int tilesAtOnce;

  /** What multiplies tiles that are not finite. */
  protected final ScalarMatrix exact;

  private final long flags;

  /**
   * Wraps a packed matrix.
   *
   * @param matrix the matrix as the file has it
   * @param packed what {@link #pack} has filled
   * @param tilesAtOnce most tiles that {@link #multiplyTiles} takes
   */
  protected TiledMatrix(FileMatrix matrix, MemorySegment packed, int tilesAtOnce) {
    this.packed = packed;
    this.tilesAtOnce = tilesAtOnce;
    columns = matrix.columns();
    tileBytes = tileBytes(matrix);
    exact = new ScalarMatrix(matrix);
    flags = tileBytes * tiles(matrix);
  }

  private static long tileBytes(FileMatrix matrix) {
    return TileLayouts.of(matrix.type()).tileBytes(matrix.columns());
  }

  /** Number of tiles. */
  public static int tiles(FileMatrix matrix) {
    return (matrix.rows() + TileLayout.ROWS - 1) / TileLayout.ROWS;
  }

  /** Bytes of a packed matrix. */
  public static long bytes(FileMatrix matrix) {
    int tiles = tiles(matrix);
    return Math.addExact(Math.multiplyExact(tileBytes(matrix), tiles), tiles);
  }

  /**
   * Packs one tile. Different tiles may be packed by different threads.
   *
   * @param matrix the matrix
   * @param tile number of the tile
   * @param packed where to, {@link #bytes} of it, zero
   */
  public static void pack(FileMatrix matrix, int tile, MemorySegment packed) {
    TileLayout layout = TileLayouts.of(matrix.type());
    long tileBytes = tileBytes(matrix);
    WeightRow row = WeightRow.of(matrix.type(), matrix.columns());
    boolean finite = true;
    int first = tile * TileLayout.ROWS;
    for (int r = first; r < Math.min(matrix.rows(), first + TileLayout.ROWS); r++) {
      row.read(matrix.data(), r);
      finite &= layout.pack(row, packed, tileBytes * tile, r - first);
    }
    long flag = tileBytes * tiles(matrix) + tile;
    packed.set(ValueLayout.JAVA_BYTE, flag, (byte) (finite ? 0 : 1));
  }

  @Override
  public final void multiply(
      Activations x, int firstRow, int endRow, float[] out, int outOffset, int outStride) {
    for (int from = firstRow; from < endRow; ) {
      int tile = from / TileLayout.ROWS;
      int endTile = tile + 1;
      boolean finite = isFinite(tile);
      while (finite
          && endTile - tile < tilesAtOnce
          && endTile * TileLayout.ROWS < endRow
          && isFinite(endTile)) {
        endTile++;
      }
      int to = Math.min(endRow, endTile * TileLayout.ROWS);
      if (finite) {
        multiplyTiles(tile, x, from, to, out, outOffset, outStride);
      } else {
        exact.multiply(x, from, to, out, outOffset, outStride);
      }
      from = to;
    }
  }

  /** Whether all numbers of a tile are finite. */
  protected final boolean isFinite(int tile) {
    return packed.get(ValueLayout.JAVA_BYTE, flags + tile) == 0;
  }

  /**
   * Products with rows of consecutive tiles, of which none has the flag: as {@link #multiply}.
   *
   * @param tile the first tile, which has row {@code from}
   */
  protected abstract void multiplyTiles(
      int tile, Activations x, int from, int to, float[] out, int outOffset, int outStride);
}
