package dev.opml.vm.guest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.testing.ProductNode;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The instructions that the guest takes for a weight, and their bound. */
class GuestWeightsTest {
  private static final long SEED = 9;
  private static final int COLUMNS = 1024;
  private static final int ROWS = 32;

  @ParameterizedTest(name = "{0}, seed " + SEED)
  @EnumSource
  void instructions_ofAWeight_areBelowTheirBoundAndNearIt(GgmlType type) {
    long more = instructions(type, 2 * ROWS) - instructions(type, ROWS);
    double each = (double) more / (ROWS * COLUMNS);
    int bound = type.guestInstructions();
    assertTrue(each <= bound && each >= bound / 3.0, () -> each + ", bound " + bound);
  }

  private static long instructions(GgmlType type, int rows) {
    Machine machine =
        Machine.start(
            ProductNode.memory(type, COLUMNS, rows, new Random(SEED)),
            new NodeIndex(0),
            GraphMode.ROW_PER_NODE);
    machine.runTo(InstructionIndex.END);
    return machine.count();
  }
}
