package dev.opml.merkle.internal;

import dev.opml.api.platform.VectorSupport;

/**
 * Finds the fastest {@link KeccakLanes} that this JVM can run, once, and has it used when there is
 * much to hash: it takes long to start.
 *
 * <p>The vector kernel needs {@code --add-modules jdk.incubator.vector} and the optimizing
 * compiler; without them the scalar kernel computes the same bits. So it does on x86 without AVX2.
 */
public final class KeccakProvider {
  /** System property that overrides the number of lanes: 1, 2, 4 or 8; else the fastest. */
  public static final String LANES_PROPERTY = "dev.opml.merkle.lanes";

  /**
   * Hashes that the scalar kernel computes before another is started. They take it 45 ms, and a
   * vector kernel 300 until it is compiled: an image whose model's tree is there needs fewer.
   */
  private static final int FEW = 1 << 17;

  // Not synchronized: what threads lose of each other's counts makes the start a little later.
  private static long hashes = Integer.getInteger(LANES_PROPERTY, 0) == 0 ? 0 : FEW;

  private KeccakProvider() {}

  /** The kernel for many hashes. */
  public static KeccakLanes lanes() {
    return Fastest.LANES;
  }

  /** The kernel for {@code more} hashes: a scalar one, until there have been many in all. */
  public static KeccakLanes lanes(long more) {
    if (hashes < FEW) {
      hashes += more;
    }
    return hashes < FEW ? ScalarKeccak.INSTANCE : lanes();
  }

  /** Found when first needed. */
  private static final class Fastest {
    static final KeccakLanes LANES = find();
  }

  private static KeccakLanes find() {
    int asked = Integer.getInteger(LANES_PROPERTY, 0);
    boolean fast =
        asked == 0
            ? VectorSupport.isFast() && VectorKeccak.isFast()
            : asked > 1 && VectorSupport.isPresent();
    return fast ? new VectorKeccak() : ScalarKeccak.INSTANCE;
  }
}
