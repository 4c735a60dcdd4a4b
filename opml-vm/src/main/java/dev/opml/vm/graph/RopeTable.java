package dev.opml.vm.graph;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The rotary embedding's constants: for position {@code p} and pair {@code j}, cos and sin of the
 * angle, times the magnitude, computed in double by {@link StrictMath} and rounded once. Float32
 * little-endian, cos before sin, pairs of a position together, positions in order.
 */
final class RopeTable {
  private RopeTable() {}

  /** Size of the table in bytes. */
  static long size(int positions, RopeAngles angles) {
    return (long) positions * (angles.dimension() / 2) * 8;
  }

  /** Fills the first {@link #size} bytes of {@code table}. */
  static void fill(MemorySegment table, int positions, RopeAngles angles) {
    double[] frequencies = angles.frequencies(positions);
    FloatBuffer next =
        table
            .asSlice(0, size(positions, angles))
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    for (int p = 0; p < positions; p++) {
      putPosition(p, frequencies, angles.magnitude(), next);
    }
  }

  /**
   * A method of its own, which a JVM that has just started compiles after some hundred positions; a
   * loop over all pairs it would interpret for longer.
   */
  private static void putPosition(int p, double[] frequencies, double magnitude, FloatBuffer next) {
    for (double step : frequencies) {
      double angle = p * step;
      next.put((float) (magnitude * StrictMath.cos(angle)))
          .put((float) (magnitude * StrictMath.sin(angle)));
    }
  }
}
