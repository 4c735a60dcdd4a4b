package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.machine.hart.LoopShortcut;
import dev.opml.vm.machine.instruction.Operation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Programs that never halt. */
class LoopTest {
  private static Machine start(int... words) {
    return Machine.start(TestMachine.snapshot(words), new NodeIndex(3), GraphMode.ROW_PER_NODE);
  }

  private static MachineState endOf(Machine machine) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(8),
        () -> {
          machine.runTo(InstructionIndex.END);
          return machine.state();
        });
  }

  @Test
  void runTo_jumpToItself_reachesTheEnd() {
    MachineState end = endOf(start(Assembler.nop(), Assembler.jal(0, 0)));
    assertEquals(InstructionIndex.END.value(), end.count());
    assertEquals(MachineStatus.RUNNING, end.status());
    assertEquals(TestMachine.ENTRY + 4, end.pc());
  }

  @Test
  void runTo_loopOfSeven_stopsInTheRightPlace() {
    // One instruction, then rounds of seven: 2^32 - 1 = 7 * 613566756 + 3.
    int[] words = {
      Assembler.i(Operation.ADDI, 5, 0, 1),
      Assembler.i(Operation.XORI, 6, 0, 1),
      Assembler.i(Operation.XORI, 6, 6, 2),
      Assembler.i(Operation.XORI, 6, 6, 4),
      Assembler.i(Operation.LD, 7, 2, -8),
      Assembler.i(Operation.XORI, 6, 6, 16),
      Assembler.nop(),
      Assembler.jal(0, -24)
    };
    MachineState end = endOf(start(words));
    assertEquals(1L << 32, end.count());
    assertEquals(TestMachine.ENTRY + 4 + 4 * 3, end.pc());
    assertEquals(7, end.registers().get(5));
  }

  @Test
  void runTo_loopThatStoresOrCounts_isNotCutShort() {
    int[] storing = {
      Assembler.i(Operation.LD, 5, 2, -8),
      Assembler.i(Operation.ADDI, 5, 5, 1),
      Assembler.s(Operation.SD, 5, 2, -8),
      Assembler.i(Operation.ADDI, 5, 0, 0),
      Assembler.jal(0, -16)
    };
    int[] counting = {
      Assembler.nop(),
      Assembler.nop(),
      Assembler.i(Operation.ADDI, 5, 5, 1),
      Assembler.nop(),
      Assembler.jal(0, -16)
    };
    InstructionIndex boundary = new InstructionIndex(5L * 2_000_000 + 4);
    Machine memory = start(storing);
    memory.runTo(boundary);
    byte[] counter = new byte[4];
    memory.memory().read(MachineState.STACK_TOP - 8, counter);
    assertEquals(
        2_000_001,
        java.nio.ByteBuffer.wrap(counter).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt());
    assertEquals(0, memory.register(5));
    Machine register = start(counting);
    register.runTo(boundary);
    assertEquals(2_000_001, register.register(5));
  }

  @Test
  void attempt_loop_skipsWholeRoundsOnly() {
    for (int rest = 0; rest < 3; rest++) {
      TestMachine skipping = TestMachine.of(Assembler.nop(), Assembler.nop(), Assembler.jal(0, -8));
      TestMachine stepping = TestMachine.of(Assembler.nop(), Assembler.nop(), Assembler.jal(0, -8));
      long end = 300 + rest;
      new LoopShortcut(skipping.engine).attempt(skipping.hart, end);
      assertEquals(end / 3 * 3, skipping.hart.count);
      skipping.engine.run(skipping.hart, end);
      stepping.engine.run(stepping.hart, end);
      assertEquals(stepping.hash(), skipping.hash());
    }
  }

  @Test
  void attempt_loopLongerThanTheEnd_stopsAtTheEnd() {
    TestMachine machine = TestMachine.of(Assembler.nop(), Assembler.nop(), Assembler.jal(0, -8));
    new LoopShortcut(machine.engine).attempt(machine.hart, 2);
    assertEquals(2, machine.hart.count);
  }

  @Test
  void runTo_haltOrFault_isInstantAndStays() {
    Machine faulting = start(Assembler.nop());
    MachineState end = endOf(faulting);
    assertEquals(MachineStatus.FAULTED, end.status());
    assertEquals(2, end.count());
    faulting.runTo(InstructionIndex.END);
    assertEquals(end, faulting.state());
    faulting.runTo(new InstructionIndex(2));
    assertEquals(end, faulting.state());
  }
}
