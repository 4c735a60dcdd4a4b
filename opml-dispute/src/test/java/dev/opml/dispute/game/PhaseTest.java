package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The transition table, written out a second time. */
class PhaseTest {
  @Test
  void accepts_everyPhase_oneKindOfMove() {
    assertEquals(MoveKind.SUBDIVIDE, Phase.NODES.accepts());
    assertEquals(MoveKind.OPEN_MACHINE, Phase.NODE.accepts());
    assertEquals(MoveKind.SUBDIVIDE, Phase.MACHINE_OPENED.accepts());
    assertEquals(MoveKind.SUBDIVIDE, Phase.MACHINE.accepts());
    assertEquals(MoveKind.WITNESS, Phase.INSTRUCTION.accepts());
    assertEquals(MoveKind.WITNESS, Phase.INSTRUCTION_OPENED.accepts());
  }

  @Test
  void after_everyPhase_whatFollows() {
    assertEquals(Optional.of(Phase.NODES), Phase.NODES.after(2));
    assertEquals(Optional.of(Phase.NODE), Phase.NODES.after(1));
    assertEquals(Optional.of(Phase.MACHINE_OPENED), Phase.NODE.after(1L << 32));
    assertEquals(Optional.of(Phase.MACHINE_OPENED), Phase.NODE.after(2));
    assertEquals(Optional.of(Phase.INSTRUCTION_OPENED), Phase.NODE.after(1));
    assertEquals(Optional.empty(), Phase.INSTRUCTION_OPENED.after(1));
    assertEquals(Optional.of(Phase.MACHINE), Phase.MACHINE_OPENED.after(2));
    assertEquals(Optional.of(Phase.MACHINE), Phase.MACHINE.after(2));
    assertEquals(Optional.of(Phase.INSTRUCTION), Phase.MACHINE.after(1));
    assertEquals(Optional.empty(), Phase.INSTRUCTION.after(1));
  }

  @Test
  void codes_areThoseThatContractsUse() {
    for (Phase phase : Phase.values()) {
      assertEquals(phase.ordinal(), phase.code());
    }
    assertFalse(Phase.NODES.insideNode());
    assertTrue(Phase.NODE.insideNode());
  }
}
