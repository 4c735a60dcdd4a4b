package dev.opml.vm.kernel.arithmetic;

/**
 * The functions of single numbers that operators apply, every operation rounded to binary32
 * (docs/numerics.md, "PROJECT" and "Soft cap").
 */
public final class Curves {
  /** {@code 2 * sqrt(2 / pi)}. */
  public static final float GELU_LINEAR = 0x1.988454p0f;

  /** {@link #GELU_LINEAR} times 0.044715. */
  public static final float GELU_CUBIC = 0x1.2444f2p-4f;

  /** Magnitudes below are left to the polynomial, where 1 - 2 / (e + 1) would lose digits. */
  public static final float TANH_SMALL = 0x1p-4f;

  /** The polynomial's coefficient of degree 3. */
  public static final float TANH_3 = -0x1.555556p-2f;

  /** The polynomial's coefficient of degree 5. */
  public static final float TANH_5 = 0x1.111112p-3f;

  private Curves() {}

  /** The same number, but a NaN with the bits of {@link Float#NaN}. */
  public static float canonical(float x) {
    return Float.isNaN(x) ? Float.NaN : x;
  }

  /** {@code x / (1 + exp(-x))}. */
  public static float silu(float x) {
    return x / (1 + Exponential.exp(-x));
  }

  /** The approximation of GELU by tanh. */
  public static float gelu(float x) {
    float t = x * (GELU_LINEAR + GELU_CUBIC * (x * x));
    return x / (1 + Exponential.exp(-t));
  }

  /** {@code cap * tanh(x / cap)}. */
  public static float softCap(float x, float cap) {
    return cap * tanh(x / cap);
  }

  static float tanh(float x) {
    float a = Math.abs(x);
    if (a < TANH_SMALL) {
      float z = x * x;
      return x * (1 + z * (TANH_3 + z * TANH_5));
    }
    float y = 1 - 2 / (Exponential.exp(a + a) + 1);
    return x < 0 ? -y : y;
  }
}
