package dev.opml.dispute;

import java.math.BigInteger;

/**
 * An amount of money, in wei (10^-18 of the chain's currency).
 *
 * @param amount 0 to 2^256 - 1
 */
public record Wei(BigInteger amount) implements Comparable<Wei> {
  /** Nothing. */
  public static final Wei ZERO = new Wei(BigInteger.ZERO);

  /**
   * The most that a single bond, fee or reward can be, 2^96 - 1, so that a contract can pack it
   * with an address. Sums of amounts may be more.
   */
  public static final Wei MOST = new Wei(BigInteger.TWO.pow(96).subtract(BigInteger.ONE));

  private static final int BASIS_POINTS = 10_000;

  /** Checks the range. */
  public Wei {
    if (amount.signum() < 0 || amount.bitLength() > 256) {
      throw new IllegalArgumentException("an amount must be in [0, 2^256): " + amount);
    }
  }

  /** An amount in wei. */
  public static Wei of(long wei) {
    return new Wei(BigInteger.valueOf(wei));
  }

  /** An amount in gwei (10^9 wei). */
  public static Wei gwei(long gwei) {
    return new Wei(BigInteger.valueOf(gwei).multiply(BigInteger.TEN.pow(9)));
  }

  /** An amount in ether (10^18 wei). */
  public static Wei ether(long ether) {
    return new Wei(BigInteger.valueOf(ether).multiply(BigInteger.TEN.pow(18)));
  }

  /** The sum. */
  public Wei plus(Wei other) {
    return new Wei(amount.add(other.amount));
  }

  /**
   * The difference.
   *
   * @throws IllegalArgumentException if {@code other} is more than this
   */
  public Wei minus(Wei other) {
    return new Wei(amount.subtract(other.amount));
  }

  /** The product with a number, 0 or more. */
  public Wei times(long factor) {
    return new Wei(amount.multiply(BigInteger.valueOf(factor)));
  }

  /**
   * A share of this amount, rounded up to a whole wei, so that what is kept back is never less than
   * the share.
   *
   * @param basisPoints hundredths of a percent, 0 to 10,000
   */
  public Wei shareRoundedUp(int basisPoints) {
    BigInteger[] share =
        amount
            .multiply(BigInteger.valueOf(basisPoints))
            .divideAndRemainder(BigInteger.valueOf(BASIS_POINTS));
    return new Wei(share[1].signum() == 0 ? share[0] : share[0].add(BigInteger.ONE));
  }

  /**
   * The share of each of {@code parts}, rounded down to a whole wei.
   *
   * @param parts at least 1
   */
  public Wei dividedBy(long parts) {
    return new Wei(amount.divide(BigInteger.valueOf(parts)));
  }

  /** The smaller of two amounts. */
  public Wei min(Wei other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /** Whether this is less than {@code other}. */
  public boolean isLessThan(Wei other) {
    return compareTo(other) < 0;
  }

  /** Whether this is nothing. */
  public boolean isZero() {
    return amount.signum() == 0;
  }

  /** Whether this is at most {@link #MOST}. */
  public boolean fits() {
    return compareTo(MOST) <= 0;
  }

  /**
   * Checks that this is at most {@link #MOST}.
   *
   * @param what names the amount in the message
   * @throws IllegalArgumentException if it is more
   */
  public void requireFits(String what) {
    if (!fits()) {
      throw new IllegalArgumentException(what + " does not fit 96 bits: " + this);
    }
  }

  @Override
  public int compareTo(Wei other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public String toString() {
    return amount + " wei";
  }
}
