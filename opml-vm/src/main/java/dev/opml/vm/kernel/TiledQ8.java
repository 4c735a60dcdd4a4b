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
 * Q8_0 in tiles of 64 rows by 32 columns: a line of scales, then 16 lines with two columns each, as
 * bytes biased by 128.
 *
 * <p>The sum of two products fits 16 bits once the bias is taken out, so two columns are multiplied
 * in 16-bit lanes and only then added up in 32 bits: the upper halves by a shift, all words as they
 * are, and the lower halves come back as the difference once a block.
 */
final class TiledQ8 extends TiledMatrix {
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;
  private static final int BYTES = VectorWidth.BYTES;

  private static final int BLOCK = QuantizedVectors.SMALL_BLOCK;
  private static final int BLOCK_BYTES = 34;
  private static final int LINES = BLOCK / 2;
  private static final int TILE = TileLayout.LINE * (1 + LINES);
  private static final int BIAS = 128;

  /**
   * Bytes of a word that are even columns; sign and magnitude of a binary16 in a binary32; sum of
   * the biases of lower halves.
   */
  private static final int[] CONSTANTS = {0x00ff00ff, 0x8fffe000, LINES * 0x8000};

  private static final float[] HALF_SCALE = {0x1p112f};

  TiledQ8(MemorySegment data, int rows, int columns, Arena arena) {
    super(GgmlType.Q8_0, data, rows, columns, (long) TILE * (columns / BLOCK), arena);
    packAll(GgmlType.Q8_0, data);
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
        int even = row[from + 2 + 2 * line] + BIAS;
        int odd = row[from + 3 + 2 * line] + BIAS;
        putShort(at + (long) TileLayout.LINE * (1 + line), even | odd << 8);
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

  /**
   * Two vectors of words wide, all columns long. Flat on purpose: C2 does not reliably keep vectors
   * in registers across calls.
   */
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
    int[] biases = x.biases;
    float[] scale = x.scale;
    IntVector even = IntVector.broadcast(INTS, CONSTANTS[0]);
    IntVector half = IntVector.broadcast(INTS, CONSTANTS[1]);
    IntVector offset = IntVector.broadcast(INTS, CONSTANTS[2]);
    FloatVector unit = FloatVector.broadcast(FLOATS, HALF_SCALE[0]);
    FloatVector f0 = FloatVector.zero(FLOATS);
    FloatVector g0 = FloatVector.zero(FLOATS);
    FloatVector f1 = FloatVector.zero(FLOATS);
    FloatVector g1 = FloatVector.zero(FLOATS);
    long t = tile;
    int k = base;
    for (int b = 0; b < blocks; b++, t += TILE, k += BLOCK) {
      IntVector h0 = IntVector.zero(INTS);
      IntVector t0 = IntVector.zero(INTS);
      IntVector h1 = IntVector.zero(INTS);
      IntVector t1 = IntVector.zero(INTS);
      for (int line = 0; line < LINES; line++) {
        long at = t + (1L + line) * TileLayout.LINE;
        ShortVector x0 = IntVector.broadcast(INTS, pairs[k + 2 * line]).reinterpretAsShorts();
        ShortVector x1 = IntVector.broadcast(INTS, pairs[k + 2 * line + 1]).reinterpretAsShorts();
        ShortVector c = IntVector.broadcast(INTS, biases[(k >> 1) + line]).reinterpretAsShorts();
        IntVector w0 = IntVector.fromMemorySegment(INTS, w, at, ByteOrder.LITTLE_ENDIAN);
        IntVector w1 = IntVector.fromMemorySegment(INTS, w, at + BYTES, ByteOrder.LITTLE_ENDIAN);
        IntVector p0 =
            w0.and(even)
                .reinterpretAsShorts()
                .mul(x0)
                .add(w0.lanewise(LSHR, 8).and(even).reinterpretAsShorts().mul(x1))
                .add(c)
                .reinterpretAsInts();
        IntVector p1 =
            w1.and(even)
                .reinterpretAsShorts()
                .mul(x0)
                .add(w1.lanewise(LSHR, 8).and(even).reinterpretAsShorts().mul(x1))
                .add(c)
                .reinterpretAsInts();
        h0 = h0.add(p0.lanewise(ASHR, 16));
        h1 = h1.add(p1.lanewise(ASHR, 16));
        t0 = t0.add(p0);
        t1 = t1.add(p1);
      }
      FloatVector d = FloatVector.broadcast(FLOATS, scale[k / BLOCK]);
      IntVector s0 = IntVector.fromMemorySegment(INTS, w, t, ByteOrder.LITTLE_ENDIAN);
      IntVector s1 = IntVector.fromMemorySegment(INTS, w, t + BYTES, ByteOrder.LITTLE_ENDIAN);
      IntVector l0 = t0.sub(h0.lanewise(LSHL, 16)).sub(offset);
      IntVector l1 = t1.sub(h1.lanewise(LSHL, 16)).sub(offset);
      FloatVector a0 =
          s0.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector b0 = s0.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector a1 =
          s1.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector b1 = s1.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      f0 = f0.add(a0.mul(d).mul((FloatVector) l0.convert(I2F, 0)));
      g0 = g0.add(b0.mul(d).mul((FloatVector) h0.convert(I2F, 0)));
      f1 = f1.add(a1.mul(d).mul((FloatVector) l1.convert(I2F, 0)));
      g1 = g1.add(b1.mul(d).mul((FloatVector) h1.convert(I2F, 0)));
    }
    f0.intoArray(out, r0);
    g0.intoArray(out, r0 + 16);
    f1.intoArray(out, r1);
    g1.intoArray(out, r1 + 16);
  }
}
