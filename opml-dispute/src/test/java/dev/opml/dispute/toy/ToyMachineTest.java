package dev.opml.dispute.toy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The toy's closed form is what its step function computes; else the property tests would prove
 * nothing.
 */
class ToyMachineTest {
  private final Arena arena = new Arena(8, GraphMode.ROW_PER_NODE, 50, 7);

  @Test
  void step_anyInstruction_isTheTracesNextState() {
    Random random = new Random(5);
    for (int node = 0; node < 50; node++) {
      MachineTrace machine = arena.truth.machine(new NodeIndex(node));
      long count = machine.instructionCount();
      for (long index :
          new long[] {
            0,
            Math.min(count, (1L << 32) - 1),
            Math.max(0, count - 1),
            random.nextLong(1L << 32),
            (1L << 32) - 1
          }) {
        var at = new InstructionIndex(index);
        var hashes = machine.hashesAt(List.of(at, new InstructionIndex(index + 1)));
        assertEquals(
            hashes.get(1),
            arena.truth.toyMachine().step(hashes.get(0), machine.witnessAt(at)),
            "node " + node + ", instruction " + index);
      }
      assertEquals(
          arena.truth.rootAt(new NodeIndex(node + 1)).value(),
          machine.stateAt(InstructionIndex.END).lowerRoot());
    }
  }

  @Test
  void step_witnessOfAnotherState_isRefused() {
    MachineTrace machine = arena.truth.machine(new NodeIndex(3));
    var hash = machine.hashesAt(List.of(new InstructionIndex(0))).getFirst();
    assertThrows(
        InvalidWitnessException.class,
        () -> arena.truth.toyMachine().step(hash, machine.witnessAt(new InstructionIndex(1))));
  }
}
