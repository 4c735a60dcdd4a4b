package dev.opml.vm.kernel.choice;

import dev.opml.api.platform.VectorSupport;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.loop.LoopKernels;
import dev.opml.vm.kernel.vector.VectorKernels;
import dev.opml.vm.kernel.width.VectorWidth;

/** The kernels that this JVM can run, once they have passed the self test. */
public final class KernelChoice {
  private static final Kernels FASTEST = choose();

  private KernelChoice() {}

  /**
   * The fastest kernels: vector kernels where the incubator module is present, else scalar ones.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine computes anything
   *     else than docs/numerics.md says
   */
  public static Kernels fastest() {
    return SelfTest.passed(FASTEST);
  }

  /**
   * The kernels that need no incubator module.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException as {@link #fastest}
   */
  public static Kernels scalar() {
    return SelfTest.passed(LoopKernels.INSTANCE);
  }

  private static Kernels choose() {
    boolean wanted = VectorSupport.isPresent() && VectorWidth.isAskedFor();
    // VectorKernels is linked here and not earlier: without the module it could not be.
    return wanted || VectorSupport.isFast()
        ? new VectorKernels(KernelChoice::scalar)
        : LoopKernels.INSTANCE;
  }
}
