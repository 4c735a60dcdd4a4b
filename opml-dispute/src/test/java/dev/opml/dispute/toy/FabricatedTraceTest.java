package dev.opml.dispute.toy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FabricatedTraceTest {
  private final Arena arena = new Arena();
  private final Trace truth = arena.truth;

  private static StateRoot finalRoot(Trace trace) {
    return trace.finalRoot();
  }

  @Test
  void rootsAt_trueUpToTheLieAndFalseAfterIt() {
    Trace liar = arena.lying(400, 9);
    for (long boundary : new long[] {0, 1, 399, 400}) {
      assertEquals(truth.rootAt(new NodeIndex(boundary)), liar.rootAt(new NodeIndex(boundary)));
    }
    for (long boundary : new long[] {401, 402, 999, 1000}) {
      assertNotEquals(truth.rootAt(new NodeIndex(boundary)), liar.rootAt(new NodeIndex(boundary)));
    }
  }

  /** A liar's output opens against its root, or the lie would end at the reveal. */
  @Test
  void outputPath_opensTheClaimedOutputAgainstTheFalseRoot() {
    TokenIds falseTokens = truth.output().with(0, 123);
    for (Trace liar :
        List.of(
            arena.lying(999, 0),
            new FabricatedTrace(truth, Fabrication.about(0, 0).claiming(falseTokens)))) {
      assertTrue(Commitments.outputOpens(liar.output(), liar.outputPath(), finalRoot(liar)));
      assertNotEquals(finalRoot(truth), finalRoot(liar));
    }
  }

  @Test
  void finalRoot_differentLies_differ() {
    Set<StateRoot> roots = new HashSet<>();
    roots.add(finalRoot(arena.lying(1, 1)));
    roots.add(finalRoot(arena.lying(1, 2)));
    roots.add(finalRoot(arena.lying(2, 1)));
    roots.add(finalRoot(truth));
    assertEquals(4, roots.size());
  }

  @Test
  void machine_endStateContainsTheFalseRootInEveryKindOfLie() {
    for (Fabrication.EndState kind : Fabrication.EndState.values()) {
      Trace liar = new FabricatedTrace(truth, Fabrication.about(400, 50).with(kind));
      try (var machine = liar.machine(new NodeIndex(400));
          var honest = truth.machine(new NodeIndex(400))) {
        MachineState end = machine.stateAt(InstructionIndex.END);
        assertEquals(liar.rootAt(new NodeIndex(401)).value(), end.lowerRoot());
        assertEquals(end.count(), machine.instructionCount());
        // True up to the lie or the end that is told, whichever is first; false after it.
        long last = Math.min(50, end.count() - 1);
        var boundaries =
            List.of(
                new InstructionIndex(last),
                new InstructionIndex(last + 1),
                new InstructionIndex(end.count()),
                InstructionIndex.END);
        var told = machine.hashesAt(boundaries);
        var right = honest.hashesAt(boundaries);
        assertEquals(right.get(0), told.get(0), kind.toString());
        assertNotEquals(right.get(1), told.get(1), kind.toString());
        assertEquals(MachineStates.hash(end), told.get(2));
        assertEquals(MachineStates.hash(end), told.get(3));
      }
    }
  }

  @Test
  void constructor_noSuchNodeOrInstruction_isMisuse() {
    assertThrows(IllegalArgumentException.class, () -> arena.lying(1000, 0));
    assertThrows(IllegalArgumentException.class, () -> Fabrication.about(0, 1L << 32));
  }
}
