package dev.opml.vm.engine;

import dev.opml.vm.kernel.Kernels;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets other kernels compute the first multiplications of a JVM, because vector kernels are slow
 * until they are compiled, which takes about a second of using them. Results do not depend on it.
 * Thread-safe.
 *
 * <p>The others do as many as they can in that second: whoever stops earlier has saved it, and
 * nobody needs more than twice the time of the better choice.
 */
final class WarmUp {
  private static final long MULTIPLICATIONS = 1L << 30;

  private static final AtomicLong LEFT_IN_THIS_JVM = new AtomicLong(MULTIPLICATIONS);

  private final Kernels kernels;
  private final AtomicLong left;

  /**
   * A warm-up of some length.
   *
   * @param kernels what computes meanwhile; they read what the engine's kernels packed
   * @param left multiplications left
   */
  WarmUp(Kernels kernels, AtomicLong left) {
    this.kernels = kernels;
    this.left = left;
  }

  /** No warm-up: {@code kernels} compute from the beginning. */
  static WarmUp none(Kernels kernels) {
    return new WarmUp(kernels, new AtomicLong());
  }

  /** The warm-up that {@code kernels} want, one for this JVM whatever the number of engines. */
  static WarmUp ofThisJvm(Kernels kernels) {
    return new WarmUp(kernels.starting(), LEFT_IN_THIS_JVM);
  }

  /** The kernels that compute until it is over. */
  Kernels kernels() {
    return kernels;
  }

  /**
   * Whether it is over.
   *
   * @param multiplications how many come next
   */
  boolean isOver(long multiplications) {
    return left.get() <= 0 || left.addAndGet(-multiplications) <= 0;
  }
}
