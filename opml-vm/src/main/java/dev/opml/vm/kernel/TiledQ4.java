package dev.opml.vm.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Q4_0 in tiles of 64 rows by 32 columns: a line of scales, then 8 lines with four columns each, as
 * nibbles biased by 8.
 *
 * <p>A block's sum is at most 8 · 127 · 32 in magnitude and fits 16 bits, so the whole block is
 * summed in 16-bit lanes, from -8 Σx to undo the bias.
 */
final class TiledQ4 extends TiledMatrix {
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;
  private static final int BYTES = VectorWidth.BYTES;

  private static final int BLOCK = QuantizedVectors.SMALL_BLOCK;
  private static final int BLOCK_BYTES = 18;
  private static final int LINES = BLOCK / 4;
  private static final int TILE = TileLayout.LINE * (1 + LINES);
  private static final int CENTRE = 8;

  /** A nibble in each half of a word; sign and magnitude of a binary16 in a binary32. */
  private static final int[] CONSTANTS = {0x000f000f, 0x8fffe000};

  private static final float[] HALF_SCALE = {0x1p112f};

  TiledQ4(MemorySegment data, int rows, int columns, Arena arena) {
    super(GgmlType.Q4_0, data, rows, columns, (long) TILE * (columns / BLOCK), arena);
    packAll(GgmlType.Q4_0, data);
  }

  @Override
  public int activationBlock() {
    return BLOCK;
  }

  @Override
  boolean pack(byte[] row, long tile, int rowInTile) {
    boolean finite = true;
    long at = tile + TileLayout.offset(rowInTile);
    for (int block = 0; block < columns / BLOCK; block++, at += TILE) {
      int from = block * BLOCK_BYTES;
      short scale = shortAt(row, from);
      finite &= Half.isFinite(scale);
      putShort(at, scale);
      for (int line = 0; line < LINES; line++) {
        int nibbles = 0;
        for (int i = 0; i < 4; i++) {
          int column = 4 * line + i;
          int pair = row[from + 2 + column % (BLOCK / 2)] & 0xff;
          nibbles |= (column < BLOCK / 2 ? pair & 15 : pair >> 4) << (4 * i);
        }
        putShort(at + (long) TileLayout.LINE * (1 + line), nibbles);
      }
    }
    return finite;
  }

  @Override
  void multiplyTile(long tile, Activations x, int vector, float[] out, int outOffset) {
    QuantizedVectors quantized = x.quantized(BLOCK);
    int base = vector * columns;
    for (int word = 0; word < TileLayout.ROWS / 2; word += 2 * LANES) {
      int r0 = outOffset + TileLayout.firstRow(word);
      int r1 = outOffset + TileLayout.firstRow(word + LANES);
      multiply(tiles, tile + 4L * word, columns / BLOCK, quantized, base, out, r0, r1);
    }
  }

  /** Two vectors of words wide, all columns long. Flat on purpose, as in {@link TiledQ8}. */
  private static void multiply(
      MemorySegment w,
      long tile,
      int blocks,
      QuantizedVectors x,
      int base,
      float[] out,
      int r0,
      int r1) {
    int[] pairs = x.pairs;
    int[] sums = x.sums;
    float[] scale = x.scale;
    IntVector nibble = IntVector.broadcast(INTS, CONSTANTS[0]);
    IntVector half = IntVector.broadcast(INTS, CONSTANTS[1]);
    FloatVector unit = FloatVector.broadcast(FLOATS, HALF_SCALE[0]);
    FloatVector f0 = FloatVector.zero(FLOATS);
    FloatVector g0 = FloatVector.zero(FLOATS);
    FloatVector f1 = FloatVector.zero(FLOATS);
    FloatVector g1 = FloatVector.zero(FLOATS);
    long t = tile;
    int k = base;
    for (int b = 0; b < blocks; b++, t += TILE, k += BLOCK) {
      int bias = -CENTRE * sums[k / BLOCK];
      ShortVector a0 = IntVector.broadcast(INTS, (bias & 0xffff) * 0x10001).reinterpretAsShorts();
      ShortVector a1 = a0;
      for (int line = 0; line < LINES; line++) {
        long at = t + (1L + line) * TileLayout.LINE;
        int i = k + 4 * line;
        ShortVector x0 = IntVector.broadcast(INTS, pairs[i]).reinterpretAsShorts();
        ShortVector x1 = IntVector.broadcast(INTS, pairs[i + 1]).reinterpretAsShorts();
        ShortVector x2 = IntVector.broadcast(INTS, pairs[i + 2]).reinterpretAsShorts();
        ShortVector x3 = IntVector.broadcast(INTS, pairs[i + 3]).reinterpretAsShorts();
        IntVector w0 = IntVector.fromMemorySegment(INTS, w, at, ByteOrder.LITTLE_ENDIAN);
        IntVector w1 = IntVector.fromMemorySegment(INTS, w, at + BYTES, ByteOrder.LITTLE_ENDIAN);
        ShortVector p0 = w0.and(nibble).reinterpretAsShorts().mul(x0);
        ShortVector q0 = w0.lanewise(LSHR, 4).and(nibble).reinterpretAsShorts().mul(x1);
        ShortVector u0 = w0.lanewise(LSHR, 8).and(nibble).reinterpretAsShorts().mul(x2);
        ShortVector v0 = w0.lanewise(LSHR, 12).and(nibble).reinterpretAsShorts().mul(x3);
        ShortVector p1 = w1.and(nibble).reinterpretAsShorts().mul(x0);
        ShortVector q1 = w1.lanewise(LSHR, 4).and(nibble).reinterpretAsShorts().mul(x1);
        ShortVector u1 = w1.lanewise(LSHR, 8).and(nibble).reinterpretAsShorts().mul(x2);
        ShortVector v1 = w1.lanewise(LSHR, 12).and(nibble).reinterpretAsShorts().mul(x3);
        a0 = a0.add(p0.add(q0).add(u0.add(v0)));
        a1 = a1.add(p1.add(q1).add(u1.add(v1)));
      }
      FloatVector d = FloatVector.broadcast(FLOATS, scale[k / BLOCK]);
      IntVector s0 = IntVector.fromMemorySegment(INTS, w, t, ByteOrder.LITTLE_ENDIAN);
      IntVector s1 = IntVector.fromMemorySegment(INTS, w, t + BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector i0 = a0.reinterpretAsInts();
      IntVector i1 = a1.reinterpretAsInts();
      FloatVector c0 =
          s0.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector b0 = s0.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector c1 =
          s1.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector b1 = s1.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      IntVector l0 = i0.lanewise(LSHL, 16).lanewise(ASHR, 16);
      IntVector l1 = i1.lanewise(LSHL, 16).lanewise(ASHR, 16);
      f0 = f0.add(c0.mul(d).mul((FloatVector) l0.convert(I2F, 0)));
      g0 = g0.add(b0.mul(d).mul((FloatVector) i0.lanewise(ASHR, 16).convert(I2F, 0)));
      f1 = f1.add(c1.mul(d).mul((FloatVector) l1.convert(I2F, 0)));
      g1 = g1.add(b1.mul(d).mul((FloatVector) i1.lanewise(ASHR, 16).convert(I2F, 0)));
    }
    f0.intoArray(out, r0);
    g0.intoArray(out, r0 + 16);
    f1.intoArray(out, r1);
    g1.intoArray(out, r1 + 16);
  }
}
