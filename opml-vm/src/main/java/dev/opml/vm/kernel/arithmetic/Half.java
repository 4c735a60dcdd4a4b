package dev.opml.vm.kernel.arithmetic;

/** binary16 numbers by their bits. */
public final class Half {
  private static final short NAN = 0x7e00;
  private static final float LARGEST = 65504;
  private static final int EXPONENT = 0x7c00;

  /** Sign and magnitude of a binary16 in a binary32, once it is shifted there. */
  public static final int SIGN_AND_MAGNITUDE = 0x8fffe000;

  /** What makes a binary16's exponent that of a binary32. */
  public static final float SCALE = 0x1p112f;

  private Half() {}

  /**
   * Rounds the floats from {@code x[offset]} on as the KV cache does: ties to even, magnitudes
   * above 65504 become ±65504, NaN 0x7e00.
   *
   * @return whether there is a NaN
   */
  public static boolean saturate(float[] x, int offset, short[] to) {
    // A loop without branches, which C2 compiles to vector instructions, and one for NaNs.
    for (int i = 0; i < to.length; i++) {
      to[i] = Float.floatToFloat16(Math.min(Math.max(x[offset + i], -LARGEST), LARGEST));
    }
    boolean nan = false;
    for (int i = 0; i < to.length; i++) {
      if (Float.isNaN(x[offset + i])) {
        to[i] = NAN;
        nan = true;
      }
    }
    return nan;
  }

  /** Whether the bits are neither infinite nor NaN. */
  public static boolean isFinite(short bits) {
    return (bits & EXPONENT) != EXPONENT;
  }
}
