package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParameterRulesTest {
  private static final int SETS = 3000;
  private static final int COUNT = 23;
  private static final long YEAR = 365L * 24 * 3600;

  /** Values at which something becomes possible or impossible in some set. */
  private static final BigInteger[] EDGES = {
    BigInteger.ZERO,
    BigInteger.ONE,
    BigInteger.TWO,
    BigInteger.valueOf(64),
    BigInteger.valueOf(1_000),
    BigInteger.valueOf(5_000),
    BigInteger.valueOf(10_000),
    BigInteger.valueOf(1_000_000),
    BigInteger.valueOf(YEAR),
    Wei.MOST.amount(),
    Wei.MOST.amount().divide(BigInteger.TEN),
    Wei.MOST.amount().divide(BigInteger.TEN).shiftRight(40)
  };

  /** Those of {@link ArbiterParameters#standard}, which have little room between each other. */
  private static BigInteger[] standard() {
    long gwei = 1_000_000_000L;
    long[] values = {
      12,
      16,
      3600,
      7200,
      60,
      60,
      3600,
      24 * 3600,
      3600,
      14 * 24 * 3600,
      14 * 24 * 3600,
      2_500_000_000L * gwei,
      1_000 * gwei,
      500_000_000 * gwei,
      100_000_000 * gwei,
      5_000,
      6_000_000 * gwei,
      6_000_000 * gwei,
      30_000_000 * gwei,
      8,
      1000,
      3600,
      12
    };
    return Arrays.stream(values).mapToObj(BigInteger::valueOf).toArray(BigInteger[]::new);
  }

  /** The parameters that fit an {@code int} in Java, and those that are amounts. */
  private static boolean isInt(int place) {
    return place < 2 || place == 15 || place == 19;
  }

  private static boolean isAmount(int place) {
    return place >= 11 && place <= 18 && place != 15;
  }

  private static boolean isPossible(BigInteger[] p) {
    try {
      ArbiterParameters _ =
          new ArbiterParameters(
              new Arity(p[0].intValueExact(), p[1].intValueExact()),
              new ClockRules(p[2].longValueExact(), p[3].longValueExact(), p[4].longValueExact()),
              new WindowRules(
                  p[5].longValueExact(),
                  p[6].longValueExact(),
                  p[7].longValueExact(),
                  p[8].longValueExact(),
                  p[9].longValueExact(),
                  p[10].longValueExact()),
              new MoneyRules(
                  new Wei(p[11]),
                  new Wei(p[12]),
                  new Wei(p[13]),
                  new Wei(p[14]),
                  p[15].intValueExact(),
                  new Rewards(new Wei(p[16]), new Wei(p[17]), new Wei(p[18])),
                  p[19].intValueExact()),
              new WorkRules(p[20].longValueExact(), p[21].longValueExact()),
              p[22].longValueExact(),
              Map.of());
      return true;
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  /** Another value in one place, so near to where it begins to matter as can be found. */
  private static void change(BigInteger[] p, int place, Random random) {
    BigInteger edge = EDGES[random.nextInt(EDGES.length)];
    if (random.nextInt(3) > 0) {
      edge = boundary(p, place, edge);
    }
    BigInteger value = edge.add(BigInteger.valueOf(random.nextInt(3) - 1));
    boolean fits =
        value.signum() >= 0
            && value.bitLength() <= (isInt(place) ? 31 : isAmount(place) ? 256 : 62);
    if (fits) {
      p[place] = value;
    }
  }

  /** First value, between the present one and another, that is possible or impossible. */
  private static BigInteger boundary(BigInteger[] p, int place, BigInteger other) {
    BigInteger[] tried = p.clone();
    BigInteger low = p[place].min(other);
    BigInteger high = p[place].max(other);
    tried[place] = low;
    boolean atLow = isPossible(tried);
    while (high.subtract(low).compareTo(BigInteger.ONE) > 0) {
      BigInteger middle = low.add(high).shiftRight(1);
      tried[place] = middle;
      if (isPossible(tried) == atLow) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  @Test
  void check_randomParameters_judgesAsTheArbiterInJava() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Abi> sets = new ArrayList<>();
    List<Abi> verdicts = new ArrayList<>();
    int possible = 0;
    BigInteger[] p = standard();
    for (int i = 0; i < SETS; i++) {
      BigInteger[] changed = p.clone();
      change(changed, random.nextInt(COUNT), random);
      boolean verdict = isPossible(changed);
      sets.add(Abi.struct(Arrays.stream(changed).map(Abi::number).toArray(Abi[]::new)));
      verdicts.add(Abi.bool(verdict));
      if (verdict) {
        possible++;
        // Further from the beginning, and now and then back there.
        p = random.nextInt(30) == 0 ? standard() : changed;
      }
    }
    System.out.println(possible + " of " + SETS + " possible");
    assertTrue(possible > SETS / 5 && possible < SETS * 4 / 5, "too few of one kind: " + possible);
    Forge.replay(
        "ParameterReplayTest", "OPML_PARAMETERS", Abi.encode(Abi.array(sets), Abi.array(verdicts)));
  }
}
