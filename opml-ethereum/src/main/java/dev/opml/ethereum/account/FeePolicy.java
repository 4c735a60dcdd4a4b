package dev.opml.ethereum.account;

import dev.opml.dispute.Wei;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * Price that is offered for gas, and when it is raised. An endpoint names the least price of a
 * block; the cap holds whatever it says.
 *
 * @param tip first offer for who makes the block
 * @param cap most for a unit of gas
 * @param bump by how much a transaction that waits is offered for more, in thousandths; at least
 *     {@value #LEAST_BUMP}, below which nodes refuse to replace one
 * @param patience how long a transaction waits until that
 */
public record FeePolicy(Wei tip, Wei cap, int bump, Duration patience) {
  /** Least bump, in thousandths. */
  public static final int LEAST_BUMP = 125;

  private static final int THOUSAND = 1000;

  /** 1 gwei and up to 500 gwei, a quarter more after three blocks of 12 s. */
  public static final FeePolicy DEFAULT =
      new FeePolicy(Wei.gwei(1), Wei.gwei(500), 250, Duration.ofSeconds(36));

  /** Checks the ranges above. */
  public FeePolicy {
    if (cap.isLessThan(tip) || bump < LEAST_BUMP || patience.isNegative()) {
      throw new IllegalArgumentException("tip " + tip + ", cap " + cap + ", bump " + bump);
    }
  }

  /** The first offer: enough for six full blocks, each of which makes gas an eighth dearer. */
  public Fees first(Wei baseFee) {
    return offer(tip, baseFee.times(2).plus(tip));
  }

  /**
   * An offer that replaces an earlier one.
   *
   * @return empty if the cap does not allow one
   */
  public Optional<Fees> after(Fees last, Wei baseFee) {
    if (cap.isLessThan(raised(last.most(), LEAST_BUMP))) {
      return Optional.empty();
    }
    Wei nextTip = raised(last.tip(), bump);
    Wei least = raised(last.most(), bump);
    Wei wanted = baseFee.times(2).plus(nextTip);
    return Optional.of(offer(nextTip, wanted.isLessThan(least) ? least : wanted));
  }

  /** The least offer that replaces an earlier one, whatever the cap. */
  Fees beyondCap(Fees last) {
    return new Fees(raised(last.tip(), bump), raised(last.most(), bump));
  }

  private Fees offer(Wei wantedTip, Wei wanted) {
    Wei most = wanted.min(cap);
    return new Fees(wantedTip.min(most), most);
  }

  /** Rounded up, and more by a wei at least. */
  private static Wei raised(Wei amount, int thousandths) {
    BigInteger more = amount.amount().multiply(BigInteger.valueOf(thousandths));
    return amount.plus(new Wei(more.divide(BigInteger.valueOf(THOUSAND)).add(BigInteger.ONE)));
  }
}
