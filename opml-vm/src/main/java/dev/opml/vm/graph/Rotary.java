package dev.opml.vm.graph;

/**
 * Rotation of heads as a row says it.
 *
 * @param table address of the angles' cosines and sines
 * @param dimension rotated elements of a head, even; 0 for no rotation
 * @param pairing which elements rotate together
 */
public record Rotary(long table, int dimension, RopePairing pairing) {
  /** No rotation. */
  public static final Rotary NONE = new Rotary(0, 0, RopePairing.INTERLEAVED);
}
