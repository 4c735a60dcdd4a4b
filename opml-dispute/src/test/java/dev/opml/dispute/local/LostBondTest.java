package dev.opml.dispute.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.Rewards;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Division of lost bonds, over random amounts and on a real ledger. */
class LostBondTest {
  private static final int PAYOUTS = 200_000;
  private static final Address WINNER = Address.named("winner");
  private static final Address LOSER = Address.named("loser");
  private static final Rewards NO_REWARDS = new Rewards(Wei.ZERO, Wei.ZERO, Wei.ZERO);

  private static MoneyRules rules(Wei challengerBond, int burnBasisPoints) {
    return new MoneyRules(
        Wei.of(1), Wei.ZERO, challengerBond, Wei.ZERO, burnBasisPoints, NO_REWARDS, 0);
  }

  private static Wei below(BigInteger bound, Random random) {
    BigInteger drawn = new BigInteger(bound.bitLength() + 64, random);
    return new Wei(drawn.mod(bound.max(BigInteger.ONE)));
  }

  private static Wei bits(int bits, Random random) {
    return new Wei(new BigInteger(bits, random));
  }

  /** At least 1 wei: no deployment has a bond of nothing. */
  private static Wei bond(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Wei.of(random.nextInt(1, 4));
      case 1 -> Wei.of(random.nextInt(1, 1_000_000));
      default -> new Wei(new BigInteger(96, random).max(BigInteger.ONE));
    };
  }

  private static Wei due(Wei bond, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Wei.ZERO;
      case 1 -> below(bond.dividedBy(2).plus(Wei.of(2)).amount(), random);
      default -> bits(90, random);
    };
  }

  private static int burntShare(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 5_000;
      case 1 -> 10_000;
      default -> random.nextInt(5_000, 10_001);
    };
  }

  /** Closes the games of a refuted claim in an order and returns what each was paid. */
  private static List<Wei> close(
      Ledger ledger, LostBond lost, List<Wei> dues, List<Integer> order) {
    for (int game : order) {
      Wei paid = LostBond.paidOnClose(dues.get(game), lost.quota());
      ledger.credit(Address.named("challenger " + game), paid);
      ledger.burn(lost.quota().minus(paid));
    }
    return IntStream.range(0, dues.size())
        .mapToObj(
            game -> ledger.funds(Address.named("challenger " + game), Long.MAX_VALUE).credit())
        .toList();
  }

  private static Ledger holding(Wei bond) {
    Ledger ledger = new Ledger();
    ledger.mint(LOSER, bond);
    ledger.lock(LOSER, bond);
    return ledger;
  }

  private static void assertAllIsGone(Ledger ledger, Wei bond, MoneyRules money, String where) {
    MoneyTotals totals = ledger.totals();
    assertTrue(totals.conserved(), where);
    assertEquals(Wei.ZERO, totals.locked(), where);
    assertEquals(bond, totals.burnt().plus(totals.credits()), where);
    assertFalse(
        totals.burnt().times(10_000).isLessThan(bond.times(money.burnBasisPoints())), where);
    assertFalse(totals.burnt().isLessThan(money.cut(bond)), where);
    assertFalse(money.rest(bond).isLessThan(totals.credits()), where);
  }

  /**
   * A refuted claim's bond is divided to the last wei, its share is burnt at once, and neither the
   * order of the closes nor the other games' dues change what a game is paid.
   */
  @Test
  void ofClaim_anyAmountsAndOrder_sumsToTheBond() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < PAYOUTS; i++) {
      String where = "seed " + seed + ", payout " + i;
      Wei bond = bond(random);
      MoneyRules money = rules(Wei.of(1), burntShare(random));
      int games = random.nextInt(12);
      List<Wei> dues = new ArrayList<>();
      List<Integer> order = new ArrayList<>();
      for (int game = 0; game < games; game++) {
        dues.add(due(bond, random));
        order.add(game);
      }
      Collections.shuffle(order, random);
      Wei owed =
          random.nextBoolean() ? bits(80, random) : below(bond.plus(Wei.of(1)).amount(), random);
      boolean right = random.nextInt(5) > 0;

      LostBond lost = LostBond.ofClaim(money, bond, owed, right, games);
      assertEquals(bond, lost.reward().plus(lost.quota().times(games)).plus(lost.burnt()), where);
      assertFalse(lost.burnt().isLessThan(money.cut(bond)), where);
      assertEquals(right ? owed.min(money.rest(bond)) : Wei.ZERO, lost.reward(), where);
      LostBond ofOtherTruth = LostBond.ofClaim(money, bond, owed, !right, games);
      assertEquals(lost.quota(), ofOtherTruth.quota(), where);
      Wei unpaidByRounding =
          money.rest(bond).minus(owed.min(money.rest(bond))).minus(lost.quota().times(games));
      assertTrue(games == 0 || unpaidByRounding.isLessThan(Wei.of(games)), where);

      Ledger ledger = holding(bond);
      ledger.credit(WINNER, lost.reward());
      ledger.burn(lost.burnt());
      List<Wei> paid = close(ledger, lost, dues, order);
      for (int game = 0; game < games; game++) {
        assertEquals(dues.get(game).min(lost.quota()), paid.get(game), where);
      }
      assertAllIsGone(ledger, bond, money, where);
    }
  }

  /** A lost challenge pays the proposer at most what is not burnt. */
  @Test
  void ofChallenge_anyAmounts_sumsToTheBond() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < PAYOUTS; i++) {
      String where = "seed " + seed + ", payout " + i;
      Wei bond = bond(random);
      MoneyRules money = rules(bond, burntShare(random));
      Wei owed = due(bond, random);
      LostBond lost = LostBond.ofChallenge(money, owed);
      assertEquals(owed.min(money.rest(bond)), lost.reward(), where);
      assertEquals(Wei.ZERO, lost.quota(), where);
      Ledger ledger = holding(bond);
      ledger.credit(WINNER, lost.reward());
      ledger.burn(lost.burnt());
      assertAllIsGone(ledger, bond, money, where);
    }
  }

  /** A game gets its due in full if no more games are open than the bond covers. */
  @Test
  void ofClaim_asManyGamesAsAreCovered_paysAllThatIsDue() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      Wei mostDue = bits(60, random);
      Wei bounty = bits(60, random);
      int games = random.nextInt(1, 50);
      Wei bond = mostDue.times(1 + games).plus(bounty).times(2);
      LostBond lost =
          LostBond.ofClaim(
              rules(Wei.of(1), 5_000), bond, mostDue.plus(bounty), random.nextBoolean(), games);
      assertEquals(mostDue, LostBond.paidOnClose(mostDue, lost.quota()), "seed " + seed);
    }
  }

  /** Totals are sums of many amounts, so they may be more than one amount can be. */
  @Test
  void totals_ofManyLargestAmounts_doNotOverflow() {
    Ledger ledger = new Ledger();
    int accounts = 1_000;
    for (int i = 0; i < accounts; i++) {
      Address account = Address.named("account " + i);
      ledger.mint(account, Wei.MOST);
      ledger.lock(account, Wei.MOST);
      ledger.credit(WINNER, Wei.MOST);
    }
    assertEquals(Wei.MOST.times(accounts), ledger.withdraw(WINNER));
    assertTrue(ledger.totals().conserved());
  }
}
