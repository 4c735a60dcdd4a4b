package dev.opml.vm.testing;

import java.math.BigInteger;

/**
 * binary32 arithmetic by definition: the exact result as a fraction of unbounded integers, rounded
 * once to nearest, ties to even. Numbers are bit patterns; every NaN result is 0x7fc00000.
 */
public final class ExactFloat {
  public static final int NAN = 0x7fc00000;
  public static final int INFINITY = 0x7f800000;
  public static final int SIGN = 0x80000000;
  public static final int ONE = 0x3f800000;

  /** The largest finite binary16, and the NaN that the KV cache holds. */
  private static final int LARGEST_HALF = 0x7bff;

  private static final int HALF_NAN = 0x7e00;

  private ExactFloat() {}

  /** An exact number; the denominator is positive. */
  private record Fraction(BigInteger numerator, BigInteger denominator) {
    static Fraction of(BigInteger significand, int exponent) {
      return exponent >= 0
          ? new Fraction(significand.shiftLeft(exponent), BigInteger.ONE)
          : new Fraction(significand, BigInteger.ONE.shiftLeft(-exponent));
    }

    static Fraction of(int bits) {
      return decode(bits & ~SIGN, 24, -149, (bits & SIGN) != 0);
    }

    /** A finite number by its magnitude's bits, in the format that {@link #round} describes. */
    static Fraction decode(int magnitude, int precision, int smallest, boolean negative) {
      int fraction = magnitude & (1 << precision - 1) - 1;
      int exponent = magnitude >>> precision - 1;
      long significand = exponent == 0 ? fraction : fraction | 1 << precision - 1;
      return of(
          BigInteger.valueOf(negative ? -significand : significand),
          Math.max(exponent - 1, 0) + smallest);
    }

    Fraction plus(Fraction other) {
      return new Fraction(
          numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
          denominator.multiply(other.denominator));
    }

    Fraction times(Fraction other) {
      return new Fraction(
          numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    Fraction over(Fraction other) {
      BigInteger top = numerator.multiply(other.denominator);
      BigInteger bottom = denominator.multiply(other.numerator);
      return bottom.signum() < 0
          ? new Fraction(top.negate(), bottom.negate())
          : new Fraction(top, bottom);
    }

    /** The nearest integer, of two equally near ones the even one. */
    BigInteger nearest() {
      BigInteger[] parts = numerator.abs().divideAndRemainder(denominator);
      int half = parts[1].shiftLeft(1).compareTo(denominator);
      boolean up = half > 0 || half == 0 && parts[0].testBit(0);
      BigInteger magnitude = up ? parts[0].add(BigInteger.ONE) : parts[0];
      return numerator.signum() < 0 ? magnitude.negate() : magnitude;
    }

    /**
     * The bits of the nearest magnitude that a format has, as if its exponents had no end.
     *
     * @param precision bits of a normal significand
     * @param smallest exponent of the smallest magnitude that is not zero
     */
    BigInteger round(int precision, int smallest) {
      if (isZero()) {
        return BigInteger.ZERO;
      }
      BigInteger top = numerator.abs();
      int exponent = top.bitLength() - denominator.bitLength();
      if (Fraction.of(BigInteger.ONE, exponent).compareTo(new Fraction(top, denominator)) > 0) {
        exponent--;
      }
      int unit = Math.max(exponent - precision + 1, smallest);
      Fraction scaled = new Fraction(top, denominator).times(of(BigInteger.ONE, -unit));
      // A significand that is normal, or rounded up to one, carries into the exponent.
      return BigInteger.valueOf(unit - smallest).shiftLeft(precision - 1).add(scaled.nearest());
    }

    int compareTo(Fraction other) {
      return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
    }

    boolean isZero() {
      return numerator.signum() == 0;
    }

    /** The nearest binary32; +0 for zero. */
    int toFloat() {
      int magnitude = round(24, -149).min(BigInteger.valueOf(INFINITY)).intValue();
      return numerator.signum() < 0 ? magnitude | SIGN : magnitude;
    }
  }

  private static boolean isNan(int bits) {
    return (bits & ~SIGN) > INFINITY;
  }

  private static boolean isInfinite(int bits) {
    return (bits & ~SIGN) == INFINITY;
  }

  private static boolean isZero(int bits) {
    return (bits & ~SIGN) == 0;
  }

  public static int add(int a, int b) {
    return multiplyAdd(a, ONE, b);
  }

  public static int subtract(int a, int b) {
    return add(a, b ^ SIGN);
  }

  public static int multiply(int a, int b) {
    // A zero of the product's sign changes nothing.
    return multiplyAdd(a, b, (a ^ b) & SIGN);
  }

  /** {@code a * b + c}, rounded once. */
  public static int multiplyAdd(int a, int b, int c) {
    int sign = (a ^ b) & SIGN;
    if (isNan(a) || isNan(b) || isNan(c)) {
      return NAN;
    }
    if (isInfinite(a) || isInfinite(b)) {
      boolean invalid = isZero(a) || isZero(b) || isInfinite(c) && (c & SIGN) != sign;
      return invalid ? NAN : sign | INFINITY;
    }
    if (isInfinite(c)) {
      return c;
    }
    Fraction sum = Fraction.of(a).times(Fraction.of(b)).plus(Fraction.of(c));
    return sum.isZero() ? sign & c : withSign(sum, sum.numerator().signum() < 0);
  }

  /** Rounds; a result that becomes zero keeps the sign. */
  private static int withSign(Fraction value, boolean negative) {
    return value.toFloat() & ~SIGN | (negative ? SIGN : 0);
  }

  public static int divide(int a, int b) {
    int sign = (a ^ b) & SIGN;
    if (isNan(a) || isNan(b) || isInfinite(a) && isInfinite(b) || isZero(a) && isZero(b)) {
      return NAN;
    }
    if (isInfinite(a) || isZero(b)) {
      return sign | INFINITY;
    }
    return isInfinite(b) || isZero(a)
        ? sign
        : withSign(Fraction.of(a).over(Fraction.of(b)), sign != 0);
  }

  public static int squareRoot(int a) {
    if (isNan(a) || a < 0 && !isZero(a)) {
      return NAN;
    }
    if (isZero(a) || isInfinite(a)) {
      return a;
    }
    Fraction value = Fraction.of(a);
    // sqrt(n / d) = sqrt(n * d) / d, with many more bits than a binary32 has, and one that says
    // whether others follow.
    BigInteger radicand = value.numerator().multiply(value.denominator()).shiftLeft(200);
    BigInteger[] root = radicand.sqrtAndRemainder();
    BigInteger sticky = BigInteger.valueOf(root[1].signum());
    return new Fraction(root[0].shiftLeft(1).add(sticky), value.denominator().shiftLeft(101))
        .toFloat();
  }

  public static boolean equal(int a, int b) {
    return !isNan(a) && !isNan(b) && (a == b || isZero(a) && isZero(b));
  }

  public static boolean less(int a, int b) {
    if (isNan(a) || isNan(b) || isInfinite(a) && a == b) {
      return false;
    }
    if (isInfinite(a) || isInfinite(b)) {
      return isInfinite(a) ? a < 0 : b > 0;
    }
    return Fraction.of(a).compareTo(Fraction.of(b)) < 0;
  }

  /** The nearest int; saturates, and NaN gives the largest. */
  public static int toInt(int a) {
    if (isNan(a) || isInfinite(a)) {
      return isNan(a) || a > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    }
    return Fraction.of(a)
        .nearest()
        .min(BigInteger.valueOf(Integer.MAX_VALUE))
        .max(BigInteger.valueOf(Integer.MIN_VALUE))
        .intValue();
  }

  public static int fromInt(int value) {
    return Fraction.of(BigInteger.valueOf(value), 0).toFloat();
  }

  /** The binary32 equal to a binary16. */
  public static int fromHalf(int half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) {
      return magnitude == 0x7c00 ? sign | INFINITY : NAN;
    }
    return sign | Fraction.decode(magnitude, 11, -24, false).toFloat();
  }

  /** The binary32 of which a bfloat16 is the upper half. */
  public static int fromBfloat(int bfloat) {
    return isNan(bfloat << 16) ? NAN : bfloat << 16;
  }

  /** The nearest binary16 as the KV cache has it: 65504 for what is larger, NaN 0x7e00. */
  public static int toHalf(int a) {
    if (isNan(a)) {
      return HALF_NAN;
    }
    BigInteger largest = BigInteger.valueOf(LARGEST_HALF);
    BigInteger magnitude = isInfinite(a) ? largest : Fraction.of(a).round(11, -24).min(largest);
    return a >>> 16 & 0x8000 | magnitude.intValue();
  }
}
