package dev.opml.vm.graph;

import java.util.List;

/**
 * Angles of a rotary embedding: pair {@code j} turns by {@code p * base^(-2j/dimension) /
 * factors[j]} at position {@code p}, and is multiplied by {@code magnitude}.
 *
 * @param dimension rotated elements of a head, even; 0 for no rotation
 * @param base frequency base
 * @param factors what angles are divided by
 * @param magnitude what sines and cosines are multiplied by
 * @param pairing which elements rotate together
 */
public record RopeAngles(
    int dimension, float base, RopeFactors factors, float magnitude, RopePairing pairing) {
  /** No rotation. */
  public static final RopeAngles NONE =
      new RopeAngles(0, 1, RopeFactors.NONE, 1, RopePairing.INTERLEAVED);

  /** Checks the number of factors. */
  public RopeAngles {
    factors.requireFor(dimension / 2);
  }

  /** Angle of each pair at position 1, in a context of so many positions. */
  double[] frequencies(int contextLimit) {
    List<Float> divisors = factors.of(contextLimit);
    double[] frequencies = new double[dimension / 2];
    for (int j = 0; j < frequencies.length; j++) {
      double frequency = StrictMath.pow(base, -2.0 * j / dimension);
      frequencies[j] = divisors.isEmpty() ? frequency : frequency / divisors.get(j);
    }
    return frequencies;
  }
}
