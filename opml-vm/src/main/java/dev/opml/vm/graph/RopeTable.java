package dev.opml.vm.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The rotary embedding's constants: for position {@code p} and pair {@code j}, cos and sin of
 * {@code p * base^(-2j/ropeDim)}, computed in double by {@link StrictMath} and rounded once.
 * Float32 little-endian, cos before sin, pairs of a position together, positions in order.
 */
final class RopeTable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
    long offset = 0;
    for (int p = 0; p < positions; p++) {
      for (double step : frequency) {
        double angle = p * step;
        table.set(FLOAT, offset, (float) StrictMath.cos(angle));
        table.set(FLOAT, offset + 4, (float) StrictMath.sin(angle));
        offset += 8;
      }
    }
  }
}
