package dev.opml.vm.engine;

import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.choice.KernelChoice;

/** The kinds of kernels that an engine may be asked to compute with. No result depends on it. */
public enum KernelKind {
  /** The fastest that this JVM can run. */
  FASTEST,
  /** Those that need no incubator module. */
  SCALAR;

  /**
   * Name of the kernels, for people.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine computes anything
   *     else than docs/numerics.md says
   */
  public String description() {
    return kernels().name();
  }

  Kernels kernels() {
    return switch (this) {
      case FASTEST -> KernelChoice.fastest();
      case SCALAR -> KernelChoice.scalar();
    };
  }
}
