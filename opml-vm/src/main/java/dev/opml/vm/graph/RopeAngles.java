package dev.opml.vm.graph;

import java.util.List;

/**
 * Angles of a rotary embedding: pair {@code j} turns by {@code p * base^(-2j/dimension) /
 * factors[j]} at position {@code p}.
 *
 * @param dimension rotated elements of a head, even; 0 for no rotation
 * @param base frequency base
 * @param factors what angles are divided by, one a pair; empty for none
 * @param pairing which elements rotate together
 */
public record RopeAngles(int dimension, float base, List<Float> factors, RopePairing pairing) {
  /** Copies the factors, and checks their number. */
  public RopeAngles {
    factors = List.copyOf(factors);
    if (!factors.isEmpty() && factors.size() != dimension / 2) {
      throw new IllegalArgumentException(
          factors.size() + " factors for " + dimension / 2 + " pairs");
    }
  }

  /** Angle of each pair at position 1. */
  double[] frequencies() {
    double[] frequencies = new double[dimension / 2];
    for (int j = 0; j < frequencies.length; j++) {
      double frequency = StrictMath.pow(base, -2.0 * j / dimension);
      frequencies[j] = factors.isEmpty() ? frequency : frequency / factors.get(j);
    }
    return frequencies;
  }
}
