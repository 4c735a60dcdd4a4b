package dev.opml.vm.kernel.width;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this JVM's kernels: a constant, or nothing would be compiled to vector
 * instructions. No result depends on it. The system property {@value #PROPERTY} (128, 256 or 512)
 * overrides the machine's, and has vector kernels used where they are slow, for tests.
 */
public final class VectorWidth {
  static final String PROPERTY = "opml.vectorBits";

  private static final int WIDEST = 512;
  private static final int NARROWEST = 128;

  /** Bits of a vector. */
  public static final int BITS = bits();

  /** Vectors of floats. */
  public static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

  /** Vectors of 32-bit integers. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));

  /** Vectors of 16-bit integers. */
  public static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(BITS));

  /** 32-bit lanes of a vector. */
  public static final int LANES = BITS / 32;

  /** Bytes of a vector. */
  public static final int BYTES = BITS / 8;

  private VectorWidth() {}

  /** Whether the width was asked for. */
  public static boolean isAskedFor() {
    return System.getProperty(PROPERTY) != null;
  }

  private static int bits() {
    int machine = VectorShape.preferredShape().vectorBitSize();
    int wanted = Integer.getInteger(PROPERTY, machine);
    return Integer.highestOneBit(Math.clamp(wanted, NARROWEST, WIDEST));
  }
}
