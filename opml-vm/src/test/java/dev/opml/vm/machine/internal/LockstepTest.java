package dev.opml.vm.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.MachineStatus;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LockstepTest {
  private static final long SEED = 20_240_911;

  @Test
  void interpreterAndReferenceStep_randomPrograms_agreeAtEveryInstruction() {
    RandomPrograms programs = new RandomPrograms(SEED);
    long executed = 0;
    int ended = 0;
    int runs = 0;
    for (; executed < 24_000; runs++) {
      TestMachine machine = programs.next();
      try {
        while (machine.hart.running() && machine.hart.count < 400) {
          machine.step();
        }
        machine.step();
      } catch (AssertionError e) {
        throw new AssertionError("program " + runs + " of seed " + SEED, e);
      }
      executed += machine.hart.count;
      ended += machine.hart.running() ? 0 : 1;
    }
    assertTrue(ended > runs / 4, ended + " of " + runs + " programs ended");
  }

  @Test
  void interpreter_randomStops_reachesTheSameStatesAsWithoutStops() {
    RandomPrograms stopping = new RandomPrograms(SEED);
    RandomPrograms straight = new RandomPrograms(SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      TestMachine a = stopping.next();
      TestMachine b = straight.next();
      long end = 1 + random.nextInt(2000);
      while (a.hart.running() && a.hart.count < end) {
        a.engine.run(a.hart, Math.min(end, a.hart.count + 1 + random.nextInt(50)));
      }
      b.engine.run(b.hart, end);
      assertEquals(b.hash(), a.hash(), "program " + i + " of seed " + SEED);
    }
  }

  @Test
  void interpreter_randomWords_neverThrowsAndFaultsChangeNothing() {
    Random random = new Random(SEED);
    int legal = 0;
    for (int round = 0; round < 10; round++) {
      int[] words = random.ints(100_000).toArray();
      TestMachine machine = TestMachine.of(words);
      Hart hart = machine.hart;
      for (int i = 0; i < words.length; i++) {
        for (int register = 1; register < 32; register++) {
          hart.registers[register] = random.nextLong() >> (register * 2);
        }
        hart.status = MachineStatus.RUNNING;
        hart.pc = TestMachine.ENTRY + 4L * i;
        long[] before = Arrays.copyOf(hart.registers, 32);
        long pc = hart.pc;
        long count = hart.count;
        machine.engine.run(hart, count + 1);
        assertEquals(count + 1, hart.count);
        assertEquals(0, hart.registers[0]);
        if (hart.status == MachineStatus.RUNNING) {
          legal++;
        } else {
          assertEquals(pc, hart.pc);
          assertEquals(-1, Arrays.mismatch(before, Arrays.copyOf(hart.registers, 32)));
        }
      }
    }
    assertTrue(legal > 10_000, legal + " legal words");
  }

  @Test
  void referenceStep_randomWords_agreesWithTheInterpreter() {
    Random random = new Random(SEED + 1);
    int[] words = random.ints(4_000).map(word -> word & ~0x7f | opcode(random)).toArray();
    TestMachine machine = TestMachine.of(words);
    for (int i = 0; i < words.length; i++) {
      for (int register = 1; register < 32; register++) {
        machine.set(register, random.nextLong() >>> random.nextInt(64) & -8);
      }
      machine.hart.status = MachineStatus.RUNNING;
      machine.hart.pc = TestMachine.ENTRY + 4L * i;
      machine.step();
    }
  }

  private static int opcode(Random random) {
    return Encoding.ALL.get(random.nextInt(Encoding.ALL.size())).match() & 0x7f;
  }

  @Test
  void referenceStep_itsOwnChain_isTheInterpretersTrace() {
    TestMachine machine = new RandomPrograms(SEED + 2).next();
    MachineStateHash state = machine.hash();
    for (int i = 0; i < 50; i++) {
      state = ReferenceStep.execute(state, WitnessEncoder.encode(machine.hart).encoded());
      machine.engine.run(machine.hart, machine.hart.count + 1);
    }
    assertNotNull(state);
    assertEquals(machine.hash(), state);
  }
}
