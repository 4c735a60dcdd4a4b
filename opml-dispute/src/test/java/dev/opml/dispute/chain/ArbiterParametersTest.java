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
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArbiterParametersTest {
  private static final WindowRules WINDOWS = new WindowRules(1, 1, 1, 1);
  private static final MoneyRules FREE = new MoneyRules(Wei.ZERO, Wei.ZERO, 5000, 0, 0, Wei.ZERO);

  private static ArbiterParameters with(int arity, long clock, MoneyRules money) {
    return new ArbiterParameters(
        Arity.of(arity),
        new ClockRules(clock, 0, 0, 10),
        WINDOWS,
        money,
        new WorkRules(100, 3600),
        60,
        Map.of());
  }

  @Test
  void constructor_arityOutside2To64_isRefused() {
    with(2, 1000, FREE);
    with(64, 1000, FREE);
    assertThrows(IllegalArgumentException.class, () -> with(1, 1000, FREE));
    assertThrows(IllegalArgumentException.class, () -> with(65, 1000, FREE));
  }

  /** 28 moves at most with 8 segments: a player must be able to make 14 of them. */
  @Test
  void constructor_clockThatDoesNotSufficeForHalfTheMoves_isRefused() {
    with(8, 140, FREE);
    assertThrows(IllegalArgumentException.class, () -> with(8, 139, FREE));
    with(2, 380, FREE);
    assertThrows(IllegalArgumentException.class, () -> with(2, 379, FREE));
  }

  @Test
  void constructor_burntShareBelowHalf_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new MoneyRules(Wei.ZERO, Wei.ZERO, 4999, 0, 0, Wei.ZERO));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MoneyRules(Wei.ZERO, Wei.ZERO, 10_001, 0, 0, Wei.ZERO));
  }

  /** The half of a bond that is not burnt pays for 14 moves, a witness and the bounty. */
  @Test
  void constructor_bondThatDoesNotPayTheWinner_isRefused() {
    Wei most = Wei.of(3).times(100).times(14).plus(Wei.of(3).times(1000)).plus(Wei.of(7));
    Wei enough = most.times(2);
    with(8, 1000, new MoneyRules(enough, Wei.of(7), 5000, 100, 1000, Wei.of(3)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            with(
                8,
                1000,
                new MoneyRules(enough.minus(Wei.of(1)), Wei.of(7), 5000, 100, 1000, Wei.of(3))));
  }

  @Test
  void standard_isConsistentAndAllowsOnlyItsPrograms() {
    Bytes32 program = new Bytes32(1, 2, 3, 4);
    ArbiterParameters standard = ArbiterParameters.standard(Set.of(program));
    assertEquals(Arity.of(8), standard.arity());
    assertTrue(standard.allowsProgram(GraphHeader.CURRENT_VERSION, program));
    assertFalse(standard.allowsProgram(GraphHeader.CURRENT_VERSION + 1, program));
    assertFalse(standard.allowsProgram(GraphHeader.CURRENT_VERSION, Bytes32.ZERO));
  }

  @Test
  void windows_emptyOrEndless_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(-1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new WindowRules(0, 1, Long.MAX_VALUE, 1));
  }
}
