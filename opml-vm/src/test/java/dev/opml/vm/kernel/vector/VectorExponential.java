package dev.opml.vm.kernel.vector;

/** The exponential function of the vector kernels for tests of other packages. */
public final class VectorExponential {
  private VectorExponential() {}

  /** Makes numbers their exponentials; NaNs may be any. */
  public static void exp(float[] x) {
    VectorArrays.exp(x, 0, x.length);
  }
}
