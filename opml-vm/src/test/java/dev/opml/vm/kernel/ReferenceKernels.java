package dev.opml.vm.kernel;

/** The reference kernels for tests of other packages. */
public final class ReferenceKernels {
  private ReferenceKernels() {}

  /** Plain Java, one operation after the other. */
  public static Kernels get() {
    return ScalarKernels.INSTANCE;
  }
}
