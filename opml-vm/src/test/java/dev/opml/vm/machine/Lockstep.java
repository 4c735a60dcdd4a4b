package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.MachineState;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.reference.ReferenceStep;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.machine.translator.TieredEngine;
import java.util.Arrays;

/**
 * One program in three engines that are compared after every instruction. The reference step starts
 * from its own last result. An engine that stopped after every instruction would never run
 * translated code; so many harts take turns in stopping, and run as many instructions in between.
 */
final class Lockstep {
  /** More than the longest way through most of the loops of {@link RandomPrograms}. */
  private static final int HARTS = 100;

  /** Where such programs store: below the stack's top, and at the beginning of the state. */
  private static final long[] STORED = {
    MachineState.STACK_TOP - RandomPrograms.DATA_SIZE, TestMachine.STATE
  };

  private final TestMachine machine;
  private final TieredEngine translator;
  private final Hart[] translated = new Hart[HARTS];

  Lockstep(TestMachine machine) {
    this.machine = machine;
    this.translator = TestMachine.eager(machine.hart);
    for (int i = 0; i < HARTS; i++) {
      translated[i] = machine.hart.fork();
    }
  }

  /** Executes {@code most} instructions, or up to one after the program's end. */
  void run(long most) {
    Hart interpreted = machine.hart;
    MachineStateHash state = machine.hash();
    for (long i = 1; i <= most; i++) {
      String where = "instruction " + i;
      boolean ended = !interpreted.running();
      state = ReferenceStep.execute(state, WitnessEncoder.encode(interpreted).encoded());
      machine.engine.run(interpreted, i);
      assertEquals(state, machine.hash(), where);
      Hart turn = translated[(int) (i % HARTS)];
      translator.run(turn, i);
      TestMachine.assertSameState(interpreted, turn, where);
      for (long address : STORED) {
        assertEquals(-1, Arrays.mismatch(data(interpreted, address), data(turn, address)), where);
      }
      if (ended) {
        break;
      }
    }
    for (Hart hart : translated) {
      translator.run(hart, interpreted.count);
      assertEquals(state, MachineStates.hash(hart.state()));
    }
  }

  private static byte[] data(Hart hart, long address) {
    byte[] data = new byte[RandomPrograms.DATA_SIZE];
    hart.memory.read(address, data);
    return data;
  }

  /** How much of what the translator ran was translated, from 0 to 1. */
  double translated() {
    return (double) translator.executedByUnits() / machine.hart.count / HARTS;
  }
}
