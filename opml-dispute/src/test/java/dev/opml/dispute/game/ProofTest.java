package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.toy.Arena;
import org.junit.jupiter.api.Test;

/** The witness that a last move brings. */
class ProofTest {
  private final Arena arena = new Arena();

  /** Plays until the challenger, who tells the truth, is to pick one instruction. */
  private GameView playToTheLastMove(Trace lie) {
    ClaimId claim = arena.claim(Arena.PROPOSER, lie);
    GameId id = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    while (!picksOne(arena.game(id).position())) {
      arena.step(id, lie, arena.truth);
    }
    return arena.game(id);
  }

  private static boolean picksOne(Position at) {
    return at.toMove() == Side.CHALLENGER
        && at.phase().insideNode()
        && at.phase().accepts() == MoveKind.SUBDIVIDE
        && at.boundary(1) - at.low() == 1;
  }

  @Test
  void withWitness_pickOfOneInstruction_bringsItsWitness() {
    Position at = playToTheLastMove(arena.lying(345, 678)).position();
    try (MachineTrace machine = arena.truth.machine(MoveChooser.disputedNode(at))) {
      Move pick = arena.chooser().insideNode(at, machine).orElseThrow();
      assertInstanceOf(Move.Prove.class, MoveChooser.withWitness(at, pick, machine));
    }
  }

  /** Of a state that is not the machine's there is no witness, so the pick comes alone. */
  @Test
  void withWitness_startIsNotTheMachines_isThePickAlone() {
    Position at = playToTheLastMove(arena.lying(345, 678)).position();
    NodeIndex node = MoveChooser.disputedNode(at);
    try (MachineTrace machine = arena.truth.machine(node);
        MachineTrace other = arena.truth.machine(new NodeIndex(node.value() + 1))) {
      Move pick = arena.chooser().insideNode(at, machine).orElseThrow();
      assertEquals(pick, MoveChooser.withWitness(at, pick, other));
    }
  }
}
