package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Block;
import org.junit.jupiter.api.Test;

class ClocksTest {
  private static final long BLOCK_SECONDS = 12;
  private static final Block START = new Block(100, 1000);

  private static PositionWord word(int moves, Clocks clocks) {
    return new PositionWord(Phase.NODES, moves, new NodeIndex(0), 0, 8, clocks);
  }

  @Test
  void total_twoRunsOfTheRequestAndTheMachine() {
    assertEquals(100 + 2 * 7 + 20, new ClockRules(100, 20, 1).total(7));
  }

  @Test
  void moved_onlyTheMoversClockRuns() {
    PositionWord challenged = word(1, Clocks.start(110, START));
    assertEquals(Side.PROPOSER, challenged.toMove());
    assertEquals(1110, challenged.deadline());
    Block later = new Block(103, 1030);
    Clocks clocks =
        challenged.clocks().moved(Side.PROPOSER, challenged.elapsed(later, BLOCK_SECONDS), later);
    assertEquals(80, clocks.secondsOf(Side.PROPOSER));
    assertEquals(110, clocks.secondsOf(Side.CHALLENGER));
    assertEquals(1140, word(2, clocks).deadline());
  }

  @Test
  void expired_inTheLastSecond_notYet() {
    PositionWord word = word(1, Clocks.start(110, START));
    assertFalse(word.expired(new Block(200, 1110), BLOCK_SECONDS));
    assertTrue(word.expired(new Block(200, 1111), BLOCK_SECONDS));
  }

  /** While no block is made, nobody can move: a clock counts as much as the blocks account for. */
  @Test
  void expired_chainStoodStill_countsWhatTheBlocksStandFor() {
    PositionWord word = word(1, Clocks.start(110, START));
    assertFalse(word.expired(new Block(101, 1_000_000), BLOCK_SECONDS));
    assertEquals(12, word.elapsed(new Block(101, 1_000_000), BLOCK_SECONDS));
    assertFalse(word.expired(new Block(109, 1_000_000), BLOCK_SECONDS));
    assertTrue(word.expired(new Block(110, 1_000_000), BLOCK_SECONDS));
  }

  @Test
  void constructor_moreThanItsBits_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Clocks(1L << 27, 0, START));
    assertThrows(IllegalArgumentException.class, () -> new Clocks(0, -1, START));
    assertThrows(IllegalArgumentException.class, () -> new Clocks(0, 0, new Block(1L << 36, 0)));
    assertThrows(IllegalArgumentException.class, () -> new Clocks(0, 0, new Block(0, 1L << 34)));
  }
}
