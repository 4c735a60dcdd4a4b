package dev.opml.vm.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Finds the fastest kernels once, and says why if they are the scalar ones. */
final class KernelChoice {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private static final Kernels FASTEST = choose();

  private KernelChoice() {}

  /** See {@link Kernels#fastest}. */
  static Kernels fastest() {
    return SelfTest.passed(FASTEST);
  }

  private static Kernels choose() {
    Logger log = System.getLogger("dev.opml.vm");
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      log.log(
          Level.INFO,
          "scalar kernels: same results, but slow. Start Java with --add-modules " + VECTOR_MODULE);
      return LoopKernels.INSTANCE;
    }
    // VectorKernels is linked here and not earlier: without the module it could not be.
    return new VectorKernels();
  }
}
