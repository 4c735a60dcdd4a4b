package dev.opml.vm.engine;

/** Loops over elements that C2 compiles to vector instructions by itself. */
final class Elements {
  private Elements() {}

  /** {@code x = x * factor}; nothing to do for a factor of 1. */
  static void scale(float[] x, int offset, int n, float factor) {
    if (factor == 1) {
      return;
    }
    for (int i = offset; i < offset + n; i++) {
      x[i] = x[i] * factor;
    }
  }

  /** {@code x = x * y} over the same {@code n} indices of both. */
  static void multiply(float[] x, float[] y, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = x[i] * y[i];
    }
  }

  /** {@code x = max(x, +0)}, NaN where x is NaN. */
  static void relu(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = x[i] > 0 || Float.isNaN(x[i]) ? x[i] : 0;
    }
  }
}
