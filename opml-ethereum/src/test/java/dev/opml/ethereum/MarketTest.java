package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Refusal;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarketTest {
  private static final int LIVES = 3;
  private static final int CALLS = 2000;

  /** All that a market can refuse in a random life. */
  private static final List<Refusal> EXPECTED =
      List.of(
          Refusal.UNKNOWN_MODEL,
          Refusal.REQUEST_OUT_OF_LIMITS,
          Refusal.TOO_MUCH_WORK,
          Refusal.POLICY_OUT_OF_RANGE,
          Refusal.AMOUNT_OUT_OF_RANGE,
          Refusal.UNKNOWN_REQUEST,
          Refusal.REQUEST_CLOSED,
          Refusal.TOO_LATE,
          Refusal.TOO_EARLY,
          Refusal.OUTPUT_OUT_OF_LIMITS,
          Refusal.UNKNOWN_CLAIM,
          Refusal.WRONG_CLAIM_STATUS,
          Refusal.SEAL_MISMATCH,
          Refusal.STILL_UNDECIDED,
          Refusal.FEE_GONE,
          Refusal.NOT_YOURS,
          Refusal.DUPLICATE,
          Refusal.INSUFFICIENT_FUNDS);

  @Test
  void market_randomLives_contractsDoAsTheArbiterInJava() throws Exception {
    long seed = new Random().nextLong();
    Set<Refusal> refused = EnumSet.noneOf(Refusal.class);
    for (int i = 0; i < LIVES; i++) {
      Recorder record = new RandomMarket(seed + i).live(CALLS);
      System.out.println("seed " + (seed + i) + ": " + record);
      refused.addAll(record.refusals().keySet());
      Recorder.replay(List.of(record));
    }
    assertTrue(refused.containsAll(EXPECTED), () -> "refused: " + refused);
  }
}
