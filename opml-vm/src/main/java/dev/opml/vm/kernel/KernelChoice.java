package dev.opml.vm.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Finds the fastest kernels once, and says why if they are the scalar ones. */
final class KernelChoice {
  private static final Kernels FASTEST = choose();

  private KernelChoice() {}

  /** See {@link Kernels#fastest}. */
  static Kernels fastest() {
    return SelfTest.passed(FASTEST);
  }

  private static Kernels choose() {
    Logger log = System.getLogger("dev.opml.vm");
    if (!VectorModule.isPresent()) {
      log.log(
          Level.INFO,
          "scalar kernels: same results, but slow. Start Java with --add-modules "
              + VectorModule.NAME);
      return LoopKernels.INSTANCE;
    }
    // VectorKernels is linked here and not earlier: without the module it could not be.
    return new VectorKernels();
  }
}
