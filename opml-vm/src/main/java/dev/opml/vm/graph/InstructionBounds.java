package dev.opml.vm.graph;

import dev.opml.vm.gguf.GgmlType;

/**
 * Upper bounds, in guest instructions, on what operators cost with ordinary numbers. Measured on
 * the guest (opml-vm/src/main/guest/README.md) and rounded up; slow paths of the soft-float are
 * covered by the margin between the limit of a node and the length of a machine trace: no figure
 * here is less than a quarter of the worst that the README states.
 */
final class InstructionBounds {
  /** Most instructions of a node that the builder accepts; a machine trace has 2^32. */
  static final long NODE_LIMIT = 1L << 30;

  /** Quantizing or copying one activation. */
  private static final long ACTIVATION = 150;

  /** One byte of the request as a number, with its scale. */
  private static final long BYTE = 150;

  /** One element of q·k or of e·v, with its conversion from f16. */
  private static final long CACHE_ELEMENT = 90;

  /** One position of the softmax. */
  private static final long SOFTMAX = 1600;

  /** One candidate of the sampler: sort and three passes with exp. */
  private static final long CANDIDATE = 3200;

  /** One position of the sampler's penalties. */
  private static final long PENALTY = 450;

  /** As many choices as there may be. */
  private static final long CHOICES = 1_200_000;

  /** One element of an element-wise step, exp included. */
  private static final long ELEMENT_WISE = 1000;

  /** One value of an activation or of a soft cap. */
  private static final long CURVE = 1500;

  private InstructionBounds() {}

  /** One row of a matrix, with what is done to its product. */
  static long matrixRow(GgmlType type, int columns) {
    return (long) columns * type.guestInstructions() + ELEMENT_WISE;
  }

  /** Activations and soft caps of an output row or of a score, so many. */
  static long curves(int count) {
    return count * CURVE;
  }

  /** Preparing an input vector, once a node. */
  static long activations(int length) {
    return length * ACTIVATION;
  }

  /** A vector of the request's bytes. */
  static long bytes(int length) {
    return length * BYTE;
  }

  /** One query head over some positions, with its output. */
  static long attentionHead(int headDim, int positions, boolean capped) {
    long position = 2L * headDim * CACHE_ELEMENT + SOFTMAX + curves(capped ? 1 : 0);
    return positions * position + elementWise(headDim);
  }

  /** An operator that handles each element of a vector once. */
  static long elementWise(long length) {
    return length * ELEMENT_WISE;
  }

  /** The sampler. */
  static long sample(int vocabularySize, int contextLimit) {
    return vocabularySize * CANDIDATE + contextLimit * PENALTY + CHOICES;
  }
}
