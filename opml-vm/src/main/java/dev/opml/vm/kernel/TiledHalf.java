package dev.opml.vm.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** F16 in tiles of 64 rows: one line a column. */
final class TiledHalf extends TiledMatrix {
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;
  private static final int BYTES = VectorWidth.BYTES;
  private static final int[] SIGN_AND_MAGNITUDE = {0x8fffe000};
  private static final float[] HALF_SCALE = {0x1p112f};

  TiledHalf(MemorySegment data, int rows, int columns, Arena arena) {
    super(GgmlType.F16, data, rows, columns, (long) TileLayout.LINE * columns, arena);
    packAll(GgmlType.F16, data);
  }

  @Override
  public int activationBlock() {
    return 0;
  }

  @Override
  boolean pack(byte[] row, long tile, int rowInTile) {
    boolean finite = true;
    long at = tile + TileLayout.offset(rowInTile);
    for (int column = 0; column < columns; column++) {
      short bits = shortAt(row, 2 * column);
      finite &= Half.isFinite(bits);
      putShort(at + (long) TileLayout.LINE * column, bits);
    }
    return finite;
  }

  @Override
  void multiplyTile(long tile, Activations x, int vector, float[] out, int outOffset) {
    for (int word = 0; word < TileLayout.ROWS / 2; word += 2 * LANES) {
      int r0 = outOffset + TileLayout.firstRow(word);
      int r1 = outOffset + TileLayout.firstRow(word + LANES);
      multiply(tiles, tile + 4L * word, columns, x.values(), x.offset(vector), out, r0, r1);
    }
  }

  /** Two vectors of words wide, all columns long. Flat on purpose, as in {@link TiledQ8}. */
  private static void multiply(
      MemorySegment w, long tile, int columns, float[] x, int offset, float[] out, int r0, int r1) {
    IntVector half = IntVector.broadcast(INTS, SIGN_AND_MAGNITUDE[0]);
    FloatVector unit = FloatVector.broadcast(FLOATS, HALF_SCALE[0]);
    FloatVector f0 = FloatVector.zero(FLOATS);
    FloatVector g0 = FloatVector.zero(FLOATS);
    FloatVector f1 = FloatVector.zero(FLOATS);
    FloatVector g1 = FloatVector.zero(FLOATS);
    for (int k = 0; k < columns; k++) {
      long at = tile + (long) TileLayout.LINE * k;
      IntVector w0 = IntVector.fromMemorySegment(INTS, w, at, ByteOrder.LITTLE_ENDIAN);
      IntVector w1 = IntVector.fromMemorySegment(INTS, w, at + BYTES, ByteOrder.LITTLE_ENDIAN);
      FloatVector a = FloatVector.broadcast(FLOATS, x[offset + k]);
      FloatVector l0 =
          w0.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector u0 = w0.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector l1 =
          w1.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector u1 = w1.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      f0 = f0.add(l0.mul(a));
      g0 = g0.add(u0.mul(a));
      f1 = f1.add(l1.mul(a));
      g1 = g1.add(u1.mul(a));
    }
    f0.intoArray(out, r0);
    g0.intoArray(out, r0 + 16);
    f1.intoArray(out, r1);
    g1.intoArray(out, r1 + 16);
  }
}
