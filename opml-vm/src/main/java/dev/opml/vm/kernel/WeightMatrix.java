package dev.opml.vm.kernel;

import dev.opml.vm.kernel.activation.Activations;

/** A weight matrix in whatever layout its kernels like best. Immutable and thread-safe. */
public interface WeightMatrix {
  /**
   * Notes what {@link #multiply} will read of some vectors, so that {@link Kernels#quantize} fills
   * it.
   *
   * @param x the vectors, bound
   */
  void prepare(Activations x);

  /**
   * Rows that are computed together with so many vectors: splitting a product elsewhere than at
   * multiples of it costs time, not correctness.
   */
  int rowGranularity(int vectors);

  /**
   * Rows that are best multiplied with so many vectors in one call: a multiple of {@link
   * #rowGranularity}.
   */
  default int rowsAtOnce(int vectors) {
    return rowGranularity(vectors);
  }

  /**
   * Products of rows with all vectors: {@code out[outOffset + v * outStride + r] = row(r) · x(v)},
   * accumulated along the row in the order that docs/numerics.md gives for the format. NaNs are not
   * canonical yet.
   *
   * @param x the vectors, prepared and quantized
   * @param firstRow first row
   * @param endRow row after the last
   * @param out where to
   * @param outOffset where row 0's product with vector 0 would be
   * @param outStride elements from one vector's results to the next one's
   */
  void multiply(Activations x, int firstRow, int endRow, float[] out, int outOffset, int outStride);
}
