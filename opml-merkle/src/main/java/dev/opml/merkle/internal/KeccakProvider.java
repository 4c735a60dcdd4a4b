package dev.opml.merkle.internal;

import java.lang.System.Logger.Level;

/**
 * Finds the fastest {@link KeccakLanes} that this JVM can run, once.
 *
 * <p>The vector kernel needs {@code --add-modules jdk.incubator.vector}; without it the scalar
 * kernel computes the same bits. So it does on x86 without AVX2.
 */
public final class KeccakProvider {
  /** System property that overrides the number of lanes: 1, 2, 4 or 8; else the fastest. */
  public static final String LANES_PROPERTY = "dev.opml.merkle.lanes";

  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final KeccakLanes LANES = find();

  private KeccakProvider() {}

  /** The kernel for many hashes. */
  public static KeccakLanes lanes() {
    return LANES;
  }

  private static KeccakLanes find() {
    int asked = Integer.getInteger(LANES_PROPERTY, 0);
    if (asked == 1) {
      return ScalarKeccak.INSTANCE;
    }
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      System.getLogger(KeccakProvider.class.getName())
          .log(
              Level.INFO,
              "Merkle trees are hashed without vectors; run Java with --add-modules {0} to hash several times faster",
              VECTOR_MODULE);
      return ScalarKeccak.INSTANCE;
    }
    return asked > 1 || VectorKeccak.isFast() ? new VectorKeccak() : ScalarKeccak.INSTANCE;
  }
}
