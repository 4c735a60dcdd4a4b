package dev.opml.vm.kernel.arithmetic;

/**
 * The fixed order of long float sums: 16 virtual lanes, then a halving tree. Independent of any
 * machine's vector width.
 */
public final class LaneSum {
  /** Number of virtual lanes; element {@code i} belongs to lane {@code i mod 16}. */
  public static final int LANES = 16;

  private LaneSum() {}

  /** Adds lane i and i+8, then i+4, i+2, i+1. Overwrites {@code lanes}. */
  public static float fold(float[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }

  /** Sum of {@code n} elements. */
  public static float sum(float[] x, int offset, int n) {
    float[] lanes = new float[LANES];
    for (int i = 0; i < n; i++) {
      lanes[i % LANES] += x[offset + i];
    }
    return fold(lanes);
  }

  /** Sum of the squares of {@code n} elements. */
  public static float sumOfSquares(float[] x, int offset, int n) {
    float[] lanes = new float[LANES];
    for (int i = 0; i < n; i++) {
      float v = x[offset + i];
      lanes[i % LANES] += v * v;
    }
    return fold(lanes);
  }
}
