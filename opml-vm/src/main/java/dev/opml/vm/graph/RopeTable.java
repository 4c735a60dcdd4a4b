package dev.opml.vm.graph;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The rotary embedding's constants: for position {@code p} and pair {@code j}, cos and sin of
 * {@code p * base^(-2j/ropeDim)}, computed in double by {@link StrictMath} and rounded once.
 * Float32 little-endian, cos before sin, pairs of a position together, positions in order.
 */
final class RopeTable {
  private RopeTable() {}

  /** Size of the table in bytes. */
  static long size(int positions, int ropeDim) {
    return (long) positions * (ropeDim / 2) * 8;
  }

  /** Fills the first {@link #size} bytes of {@code table}. */
  static void fill(MemorySegment table, int positions, int ropeDim, float base) {
    double[] frequency = new double[ropeDim / 2];
    for (int j = 0; j < frequency.length; j++) {
      frequency[j] = StrictMath.pow(base, -2.0 * j / ropeDim);
    }
    FloatBuffer next =
        table
            .asSlice(0, size(positions, ropeDim))
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    for (int p = 0; p < positions; p++) {
      putPosition(p, frequency, next);
    }
  }

  /**
   * A method of its own, which a JVM that has just started compiles after some hundred positions; a
   * loop over all pairs it would interpret for longer.
   */
  private static void putPosition(int p, double[] frequency, FloatBuffer next) {
    for (double step : frequency) {
      double angle = p * step;
      next.put((float) StrictMath.cos(angle)).put((float) StrictMath.sin(angle));
    }
  }
}
