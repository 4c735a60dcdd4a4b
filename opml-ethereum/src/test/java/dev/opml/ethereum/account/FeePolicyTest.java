package dev.opml.ethereum.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Wei;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeePolicyTest {
  private static final Wei CAP = Wei.gwei(100);

  private static FeePolicy bump(int thousandths) {
    return new FeePolicy(Wei.gwei(1), CAP, thousandths, Duration.ofSeconds(1));
  }

  @Test
  void first_anyBaseFee_isBelowTheCap() {
    FeePolicy policy = bump(FeePolicy.LEAST_BUMP);
    assertEquals(new Fees(Wei.gwei(1), Wei.gwei(21)), policy.first(Wei.gwei(10)));
    // An endpoint may say anything.
    Wei absurd = new Wei(BigInteger.TWO.pow(250));
    assertEquals(new Fees(Wei.gwei(1), CAP), policy.first(absurd));
  }

  @Test
  void after_anyOffer_isAnEighthMoreAndBelowTheCap() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      FeePolicy policy = bump(FeePolicy.LEAST_BUMP + random.nextInt(1000));
      Fees last = policy.first(Wei.of(random.nextLong(60_000_000_000L)));
      while (true) {
        Optional<Fees> next = policy.after(last, Wei.of(random.nextLong(60_000_000_000L)));
        if (next.isEmpty()) {
          break;
        }
        assertTrue(isAnEighthMore(last.most(), next.get().most()));
        assertTrue(isAnEighthMore(last.tip(), next.get().tip()));
        assertFalse(CAP.isLessThan(next.get().most()));
        last = next.get();
      }
    }
  }

  private static boolean isAnEighthMore(Wei before, Wei after) {
    return !after.times(8).isLessThan(before.times(9));
  }

  @Test
  void after_nextToTheCap_isNoOffer() {
    FeePolicy policy = bump(FeePolicy.LEAST_BUMP);
    Fees last = new Fees(Wei.gwei(1), Wei.gwei(95));
    assertEquals(Optional.empty(), policy.after(last, Wei.ZERO));
    assertTrue(isAnEighthMore(last.most(), policy.beyondCap(last).most()));
  }

  /** The whole bump would be beyond the cap, but the cap is more than nodes want. */
  @Test
  void after_capIsMoreThanNodesWant_isTheCap() {
    Fees last = new Fees(Wei.gwei(1), Wei.gwei(80));
    assertEquals(Optional.of(CAP), bump(500).after(last, Wei.ZERO).map(Fees::most));
  }

  @Test
  void constructor_bumpThatNodesRefuse_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> bump(FeePolicy.LEAST_BUMP - 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FeePolicy(Wei.gwei(2), Wei.gwei(1), 125, Duration.ZERO));
  }
}
