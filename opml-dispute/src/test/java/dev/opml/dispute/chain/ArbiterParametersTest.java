package dev.opml.dispute.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Clocks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ArbiterParametersTest {
  private static final WindowRules WINDOWS = new WindowRules(1, 1, 1, 1);
  private static final Rewards NO_REWARDS = new Rewards(Wei.ZERO, Wei.ZERO, Wei.ZERO);
  private static final MoneyRules ALMOST_FREE = free(5_000);

  private static MoneyRules free(int burnBasisPoints) {
    return new MoneyRules(Wei.of(2), Wei.ZERO, Wei.of(2), Wei.ZERO, burnBasisPoints, NO_REWARDS, 8);
  }

  private static ArbiterParameters with(int arity, long clock, MoneyRules money) {
    return new ArbiterParameters(
        Arity.of(arity),
        new ClockRules(clock, 0, 10),
        WINDOWS,
        money,
        new WorkRules(100, 3600),
        60,
        Map.of());
  }

  @Test
  void constructor_arityOutside2To64_isRefused() {
    with(2, 1000, ALMOST_FREE);
    with(64, 1000, ALMOST_FREE);
    assertThrows(IllegalArgumentException.class, () -> with(1, 1000, ALMOST_FREE));
    assertThrows(IllegalArgumentException.class, () -> with(65, 1000, ALMOST_FREE));
  }

  /** 28 moves at most with 8 segments: a player must be able to make 14 of them. */
  @Test
  void constructor_clockThatDoesNotSufficeForHalfTheMoves_isRefused() {
    with(8, 140, ALMOST_FREE);
    assertThrows(IllegalArgumentException.class, () -> with(8, 139, ALMOST_FREE));
    with(2, 380, ALMOST_FREE);
    assertThrows(IllegalArgumentException.class, () -> with(2, 379, ALMOST_FREE));
  }

  @Test
  void constructor_burntShareBelowHalf_isRefused() {
    free(10_000);
    assertThrows(IllegalArgumentException.class, () -> free(4_999));
    assertThrows(IllegalArgumentException.class, () -> free(10_001));
  }

  private static MoneyRules money(long claimBond, long challengerBond, int coveredGames) {
    return new MoneyRules(
        Wei.of(claimBond),
        Wei.ZERO,
        Wei.of(challengerBond),
        Wei.of(7),
        5_000,
        new Rewards(Wei.of(300), Wei.of(50), Wei.of(3_000)),
        coveredGames);
  }

  /** The half of a challenger's bond that is not burnt pays 14 moves, end, witness and bounty. */
  @Test
  void constructor_challengersBondThatDoesNotPayTheWinner_isRefused() {
    long enough = 2 * (14 * 300 + 50 + 3_000 + 7);
    with(8, 1000, money(1_000_000, enough, 3));
    assertThrows(
        IllegalArgumentException.class, () -> with(8, 1000, money(1_000_000, enough - 1, 3)));
  }

  /** The half of a claim's bond pays the same, and all but the bounty again for each game. */
  @Test
  void constructor_claimsBondThatDoesNotPayTheCoveredGames_isRefused() {
    long enough = 2 * (4 * (14 * 300 + 50 + 3_000) + 7);
    with(8, 1000, money(enough, 1_000_000, 3));
    assertThrows(
        IllegalArgumentException.class, () -> with(8, 1000, money(enough - 1, 1_000_000, 3)));
    assertThrows(IllegalArgumentException.class, () -> with(8, 1000, money(enough, 1_000_000, 4)));
  }

  @Test
  void moneyRules_coveredGamesOutOfRange_areRefused() {
    money(2, 2, 0);
    money(2, 2, 1_000);
    assertThrows(IllegalArgumentException.class, () -> money(2, 2, -1));
    assertThrows(IllegalArgumentException.class, () -> money(2, 2, 1_001));
  }

  @Test
  void bonds_growWithTheTrace_mostIsTenTimesTheLeast() {
    MoneyRules money =
        new MoneyRules(Wei.of(100), Wei.of(3), Wei.of(40), Wei.ZERO, 5_000, NO_REWARDS, 0);
    assertEquals(Wei.of(103), money.leastBond(1));
    assertEquals(Wei.of(100).plus(Wei.of(3).times(1L << 40)), money.leastBond(1L << 40));
    assertEquals(Wei.of(1_030), money.mostBond(1));
    assertEquals(Wei.of(40), money.challengerBond());
  }

  /** So a bond within its range is never too large to be stored. */
  @Test
  void moneyRules_amountsThatDoNotFit96Bits_areRefused() {
    Wei tooMuch = Wei.MOST.plus(Wei.of(1));
    Wei mostBond = Wei.MOST.dividedBy(10);
    Wei zero = Wei.ZERO;
    Wei some = Wei.of(1);
    Wei mostPerNode = mostBond.minus(some).dividedBy(1L << 40);
    new MoneyRules(mostBond, zero, Wei.MOST, Wei.MOST, 5_000, NO_REWARDS, 0);
    new MoneyRules(some, mostPerNode, some, zero, 5_000, NO_REWARDS, 0);
    new Rewards(Wei.MOST, Wei.MOST, Wei.MOST);
    List<Executable> refused =
        List.of(
            () -> new MoneyRules(mostBond.plus(some), zero, some, zero, 5_000, NO_REWARDS, 0),
            () -> new MoneyRules(some, mostPerNode.plus(some), some, zero, 5_000, NO_REWARDS, 0),
            () -> new MoneyRules(some, zero, tooMuch, zero, 5_000, NO_REWARDS, 0),
            () -> new MoneyRules(some, zero, some, tooMuch, 5_000, NO_REWARDS, 0),
            () -> new Rewards(tooMuch, zero, zero),
            () -> new Rewards(zero, tooMuch, zero),
            () -> new Rewards(zero, zero, tooMuch));
    refused.forEach(rules -> assertThrows(IllegalArgumentException.class, rules));
  }

  @Test
  void due_movesEndAndWitness_areFixedAmounts() {
    Rewards rewards = new Rewards(Wei.of(300), Wei.of(50), Wei.of(3_000));
    assertEquals(Wei.of(50), rewards.due(0, false));
    assertEquals(Wei.of(2 * 300 + 50), rewards.due(2, false));
    assertEquals(Wei.of(2 * 300 + 50 + 3_000), rewards.due(2, true));
  }

  @Test
  void standard_isConsistentAndAllowsOnlyItsPrograms() {
    Bytes32 program = new Bytes32(1, 2, 3, 4);
    ArbiterParameters standard = ArbiterParameters.standard(Set.of(program));
    assertEquals(new Arity(12, 16), standard.arity());
    assertTrue(standard.allowsProgram(GraphHeader.CURRENT_VERSION, program));
    assertFalse(standard.allowsProgram(GraphHeader.CURRENT_VERSION + 1, program));
    assertFalse(standard.allowsProgram(GraphHeader.CURRENT_VERSION, Bytes32.ZERO));
  }

  private static ArbiterParameters with(WindowRules windows, WorkRules work) {
    return new ArbiterParameters(
        Arity.of(8), new ClockRules(1000, 0, 10), windows, ALMOST_FREE, work, 60, Map.of());
  }

  /** Two runs have to fit into the longest time for sealing, three into that for challenges. */
  @Test
  void constructor_longestRunThatFitsNoWindow_isRefused() {
    WindowRules windows = new WindowRules(1, 1, 10, 20, 310, 220);
    with(windows, new WorkRules(100, 100));
    assertThrows(IllegalArgumentException.class, () -> with(windows, new WorkRules(100, 101)));
    WindowRules shortSealing = new WindowRules(1, 1, 10, 20, 310, 219);
    assertThrows(IllegalArgumentException.class, () -> with(shortSealing, new WorkRules(100, 100)));
    WindowRules shortChallenges = new WindowRules(1, 1, 10, 20, 309, 220);
    assertThrows(
        IllegalArgumentException.class, () -> with(shortChallenges, new WorkRules(100, 100)));
  }

  @Test
  void windows_longestBelowTheLeast_areRefused() {
    new WindowRules(1, 1, 10, 20, 10, 20);
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(1, 1, 10, 20, 9, 20));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(1, 1, 10, 20, 10, 19));
    long tooLong = WindowRules.LONGEST_WINDOW + 1;
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(1, 1, 10, 20, tooLong, 20));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(1, 1, 10, 20, 10, tooLong));
  }

  /** Nobody's money is to be locked for much longer than a claim needs. */
  @Test
  void standard_windows_areFarBelowAYear() {
    WindowRules windows = ArbiterParameters.standard(Set.of()).windows();
    assertTrue(windows.longestChallengeWindow() <= WindowRules.LONGEST_WINDOW / 20);
    assertTrue(windows.longestSealingWindow() <= WindowRules.LONGEST_WINDOW / 20);
  }

  @Test
  void windows_emptyOrEndless_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(-1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 1, Long.MAX_VALUE, 1));
  }

  /** Else challenges would cost nothing, and a proposer could be made to play without end. */
  @Test
  void moneyRules_bondsOfNothing_areRefused() {
    Wei none = Wei.ZERO;
    Wei some = Wei.of(2);
    assertThrows(
        IllegalArgumentException.class,
        () -> new MoneyRules(none, none, some, none, 5_000, NO_REWARDS, 8));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MoneyRules(some, none, none, none, 5_000, NO_REWARDS, 8));
  }

  /** A clock that does not fit a position's word would make every challenge impossible. */
  @Test
  void total_longestOfEverything_fitsAPosition() {
    long year = 365L * 24 * 3600;
    WorkRules work = new WorkRules(1, year);
    ClockRules clocks = new ClockRules(year, year, 1);
    assertTrue(clocks.total(work.longestSeconds()) <= Clocks.MOST_SECONDS);
    assertThrows(IllegalArgumentException.class, () -> new WorkRules(1, year + 1));
    assertThrows(IllegalArgumentException.class, () -> new ClockRules(year + 1, year, 1));
    assertThrows(IllegalArgumentException.class, () -> new ClockRules(year, year + 1, 1));
  }
}
