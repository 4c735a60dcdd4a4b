package dev.opml.vm.kernel;

import dev.opml.api.platform.VectorSupport;

/** Finds the fastest kernels once. */
final class KernelChoice {
  private static final Kernels FASTEST = choose();

  private KernelChoice() {}

  /** See {@link Kernels#fastest}. */
  static Kernels fastest() {
    return SelfTest.passed(FASTEST);
  }

  private static Kernels choose() {
    boolean wanted = VectorSupport.isPresent() && VectorWidth.isAskedFor();
    // VectorKernels is linked here and not earlier: without the module it could not be.
    return wanted || VectorSupport.isFast() ? new VectorKernels() : LoopKernels.INSTANCE;
  }
}
