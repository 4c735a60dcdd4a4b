package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F32 in tiles of 64 rows, column by column: 64 floats, one a row, in order. Any float is computed
 * exactly.
 */
final class TiledFloat extends TiledMatrix {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;
  private static final int BYTES = VectorWidth.BYTES;
  private static final int COLUMN = Float.BYTES * TileLayout.ROWS;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  TiledFloat(MemorySegment data, int rows, int columns, Arena arena) {
    super(GgmlType.F32, data, rows, columns, (long) COLUMN * columns, arena);
    packAll(GgmlType.F32, data);
  }

  @Override
  public int activationBlock() {
    return 0;
  }

  @Override
  boolean pack(byte[] row, long tile, int rowInTile) {
    long at = tile + (long) Float.BYTES * rowInTile;
    for (int column = 0; column < columns; column++) {
      int low = shortAt(row, 4 * column) & 0xffff;
      int bits = low | shortAt(row, 4 * column + 2) << 16;
      tiles.set(INT, at + (long) COLUMN * column, bits);
    }
    return true;
  }

  @Override
  void multiplyTile(long tile, Activations x, int vector, float[] out, int outOffset) {
    for (int row = 0; row < TileLayout.ROWS; row += 4 * LANES) {
      long from = tile + (long) Float.BYTES * row;
      multiply(tiles, from, columns, x.values(), x.offset(vector), out, outOffset + row);
    }
  }

  /** Four vectors wide, all columns long. Flat on purpose, as in {@link TiledQ8}. */
  private static void multiply(
      MemorySegment w, long tile, int columns, float[] x, int offset, float[] out, int row) {
    FloatVector f0 = FloatVector.zero(FLOATS);
    FloatVector f1 = FloatVector.zero(FLOATS);
    FloatVector f2 = FloatVector.zero(FLOATS);
    FloatVector f3 = FloatVector.zero(FLOATS);
    for (int k = 0; k < columns; k++) {
      long at = tile + (long) COLUMN * k;
      FloatVector a = FloatVector.broadcast(FLOATS, x[offset + k]);
      f0 = f0.add(FloatVector.fromMemorySegment(FLOATS, w, at, ByteOrder.LITTLE_ENDIAN).mul(a));
      f1 =
          f1.add(
              FloatVector.fromMemorySegment(FLOATS, w, at + BYTES, ByteOrder.LITTLE_ENDIAN).mul(a));
      f2 =
          f2.add(
              FloatVector.fromMemorySegment(FLOATS, w, at + 2L * BYTES, ByteOrder.LITTLE_ENDIAN)
                  .mul(a));
      f3 =
          f3.add(
              FloatVector.fromMemorySegment(FLOATS, w, at + 3L * BYTES, ByteOrder.LITTLE_ENDIAN)
                  .mul(a));
    }
    f0.intoArray(out, row);
    f1.intoArray(out, row + LANES);
    f2.intoArray(out, row + 2 * LANES);
    f3.intoArray(out, row + 3 * LANES);
  }
}
