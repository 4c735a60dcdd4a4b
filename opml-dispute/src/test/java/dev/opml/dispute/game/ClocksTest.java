package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.GameId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClocksTest {
  private static final ClockRules RULES = new ClockRules(100, 10, 20, 1);

  private static Position after(Side mover, Phase phase) {
    return new Position(
        new GameId(Bytes32.ZERO),
        phase,
        mover,
        new NodeIndex(0),
        0,
        8,
        Bytes32.ZERO,
        List.of(),
        Bytes32.ZERO,
        Bytes32.ZERO);
  }

  @Test
  void moved_onlyTheMoversClockRuns() {
    Clocks clocks = Clocks.start(RULES, after(Side.CHALLENGER, Phase.NODES), 1000);
    assertEquals(Side.PROPOSER, clocks.toMove());
    assertEquals(1110, clocks.deadline());
    clocks = clocks.moved(RULES, after(Side.PROPOSER, Phase.NODES), 1030);
    assertEquals(80, clocks.secondsOf(Side.PROPOSER));
    assertEquals(110, clocks.secondsOf(Side.CHALLENGER));
    assertEquals(1140, clocks.deadline());
  }

  /** Once for each player among nodes, once inside a node; never again. */
  @Test
  void extension_oncePerPhaseAndPlayer() {
    Clocks clocks = Clocks.start(RULES, after(Side.CHALLENGER, Phase.NODES), 0);
    for (Phase phase :
        List.of(Phase.NODES, Phase.NODES, Phase.NODE, Phase.MACHINE_OPENED, Phase.MACHINE)) {
      Position next = after(clocks.toMove(), phase);
      clocks = clocks.moved(RULES, next, 0);
    }
    clocks = clocks.moved(RULES, after(clocks.toMove(), Phase.MACHINE), 0);
    clocks = clocks.moved(RULES, after(clocks.toMove(), Phase.INSTRUCTION), 0);
    assertEquals(130, clocks.secondsOf(Side.PROPOSER));
    assertEquals(130, clocks.secondsOf(Side.CHALLENGER));
  }

  @Test
  void extension_traceOfOneNode_onlyTheMachines() {
    Clocks clocks = Clocks.start(RULES, after(Side.CHALLENGER, Phase.NODE), 0);
    assertEquals(120, clocks.secondsOf(Side.PROPOSER));
    clocks = clocks.moved(RULES, after(Side.PROPOSER, Phase.MACHINE_OPENED), 5);
    assertEquals(115, clocks.secondsOf(Side.PROPOSER));
    assertEquals(120, clocks.secondsOf(Side.CHALLENGER));
  }

  @Test
  void expired_inTheLastSecond_notYet() {
    Clocks clocks = Clocks.start(RULES, after(Side.CHALLENGER, Phase.NODES), 0);
    assertFalse(clocks.expired(110));
    assertTrue(clocks.expired(111));
  }
}
