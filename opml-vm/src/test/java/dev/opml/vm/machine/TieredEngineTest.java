package dev.opml.vm.machine;

import static dev.opml.vm.machine.TestMachine.assertSameState;
import static dev.opml.vm.machine.TestMachine.eager;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.MachineStateHash;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineStatus;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.reference.ReferenceStep;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.machine.translator.Profile;
import dev.opml.vm.machine.translator.Region;
import dev.opml.vm.machine.translator.TieredEngine;
import dev.opml.vm.machine.translator.Translation;
import dev.opml.vm.machine.translator.Translator;
import dev.opml.vm.machine.translator.UnitWriter;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Translated code against the interpreter: the same state wherever they stop. */
class TieredEngineTest {
  private static final long SEED = 20_250_611;

  /** Returns how many instructions were executed by translated code. */
  private static long assertSameRun(TestMachine machine, long end, String what) {
    Hart tiered = machine.hart.fork();
    machine.engine.run(machine.hart, end);
    TieredEngine engine = eager(tiered);
    engine.run(tiered, end);
    assertSameState(machine.hart, tiered, what);
    assertEquals(machine.hart.memory.tree().root(), tiered.memory.tree().root(), what);
    return engine.executedByUnits();
  }

  /** x9 counts down; the loop's instructions are those given. */
  private static TestMachine loop(int rounds, int... words) {
    int[] program = new int[words.length + 3];
    System.arraycopy(words, 0, program, 0, words.length);
    program[words.length] = Assembler.i(Operation.ADDI, 9, 9, -1);
    program[words.length + 1] = Assembler.b(Operation.BNE, 9, 0, -4 * (words.length + 1));
    program[words.length + 2] = Assembler.ecall();
    return TestMachine.of(program).set(9, rounds).set(17, 93);
  }

  @Test
  void run_randomLoops_stopsInTheInterpretersStates() {
    RandomPrograms programs = new RandomPrograms(SEED);
    Random random = new Random(SEED);
    long executed = 0;
    long translated = 0;
    for (int i = 0; executed < 10_000_000; i++) {
      TestMachine machine = programs.nextLoop();
      Hart expected = machine.hart;
      Hart actual = expected.fork();
      TieredEngine engine = eager(actual);
      for (int stop = 0; stop < 40 && expected.running(); stop++) {
        long end = expected.count + (1L << random.nextInt(15)) + random.nextInt(100);
        machine.engine.run(expected, end);
        engine.run(actual, end);
        String what = "program %d of seed %d at %d".formatted(i, SEED, end);
        assertSameState(expected, actual, what);
        if (stop % 5 == 0) {
          assertEquals(expected.memory.tree().root(), actual.memory.tree().root(), what);
        }
        if (stop % 11 == 0) {
          actual = actual.fork();
        }
      }
      assertEquals(expected.memory.tree().root(), actual.memory.tree().root(), "program " + i);
      executed += expected.count;
      translated += engine.executedByUnits();
    }
    assertTrue(translated > executed / 2, translated + " of " + executed + " were translated");
  }

  @Test
  void run_toTwoCountsInARow_isOneReferenceStepApart() {
    RandomPrograms programs = new RandomPrograms(SEED + 1);
    Random random = new Random(SEED + 1);
    long translated = 0;
    for (int i = 0; i < 1000; i++) {
      Hart before = programs.nextLoop().hart;
      Hart after = before.fork();
      TieredEngine engine = eager(before);
      long count = random.nextInt(5000);
      engine.run(before, count);
      engine.run(after, count + 1);
      MachineStateHash expected =
          ReferenceStep.execute(
              MachineStates.hash(before.state()), WitnessEncoder.encode(before).encoded());
      assertEquals(
          expected, MachineStates.hash(after.state()), "program " + i + " of seed " + (SEED + 1));
      translated += engine.executedByUnits();
    }
    assertTrue(translated > 100_000, translated + " were translated");
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"LB", "LH", "LW", "LD", "LBU", "LHU", "LWU", "SB", "SH", "SW", "SD"})
  void run_pointerThatLeavesARegion_faultsWhereTheInterpreterDoes(Operation access) {
    boolean store = access.format() == Format.STORE;
    long translated = 0;
    for (MemoryRegion region : MemoryRegion.values()) {
      int word = store ? Assembler.s(access, 9, 6, -8) : Assembler.i(access, 5, 6, -8);
      int following = store ? Assembler.s(access, 9, 6, 8) : Assembler.i(access, 7, 6, 8);
      long end = region.base() + region.size();
      for (int step : new int[] {access.accessSize(), 3 * access.accessSize(), 2040}) {
        TestMachine machine =
            loop(1000, word, following, Assembler.i(Operation.ADDI, 6, 6, step))
                .set(6, (end - 400L * step) & -8);
        translated += assertSameRun(machine, 100_000, access + " in " + region + " by " + step);
      }
    }
    assertTrue(translated > 10_000, translated + " were translated");
  }

  @Test
  void run_groupsThatCrossPages_accessTheRightBytes() {
    Random random = new Random(SEED);
    for (int i = 0; i < 60; i++) {
      int[] words = new int[12];
      for (int k = 0; k < words.length; k++) {
        int offset = random.nextInt(-64, 64);
        words[k] =
            switch (random.nextInt(6)) {
              case 0 -> Assembler.s(Operation.SD, 9, 6, offset & -8);
              case 1 -> Assembler.s(Operation.SW, 5, 6, offset & -4);
              case 2 -> Assembler.s(Operation.SB, 5, 6, offset);
              case 3 -> Assembler.i(Operation.LD, 5, 6, offset & -8);
              case 4 -> Assembler.i(Operation.LHU, 7, 6, offset & -2);
              default -> Assembler.r(Operation.ADD, 5, 5, 7);
            };
      }
      words[words.length - 1] = Assembler.i(Operation.ADDI, 6, 6, 8 * random.nextInt(1, 200));
      TestMachine machine =
          loop(500, words).set(6, TestMachine.STATE + GuestMemory.PAGE_SIZE - 8 * 300);
      assertTrue(assertSameRun(machine, 1_000_000, "program " + i + " of seed " + SEED) > 0);
    }
  }

  @Test
  void run_wordThatIsNoInstructionInAHotLoop_faults() {
    Random random = new Random(SEED);
    for (int i = 0; i < 400; i++) {
      int word;
      do {
        Encoding near = Encoding.ALL.get(random.nextInt(Encoding.ALL.size()));
        word = near.match() ^ (1 << random.nextInt(32)) ^ (1 << random.nextInt(32));
      } while (isInstruction(word));
      // Jumps over the word until x9 is 100.
      TestMachine machine =
          loop(
              500,
              Assembler.i(Operation.ADDI, 5, 0, 100),
              Assembler.b(Operation.BNE, 5, 9, 8),
              word,
              Assembler.i(Operation.ADDI, 6, 6, 1));
      assertTrue(assertSameRun(machine, 100_000, Integer.toHexString(word)) > 0);
      assertEquals(MachineStatus.FAULTED, machine.hart.status, Integer.toHexString(word));
    }
  }

  private static boolean isInstruction(int word) {
    return Encoding.ALL.stream().anyMatch(encoding -> encoding.matches(word));
  }

  @Test
  void run_indirectJumps_goWhereTheInterpreterGoes() {
    // Calls one of two functions by the parity of x9, then a misaligned address.
    TestMachine machine =
        TestMachine.of(
            Assembler.i(Operation.ANDI, 5, 9, 1),
            Assembler.i(Operation.SLLI, 5, 5, 3),
            Assembler.r(Operation.ADD, 5, 5, 8),
            Assembler.i(Operation.JALR, 1, 5, 0),
            Assembler.i(Operation.ADDI, 9, 9, -1),
            Assembler.b(Operation.BNE, 9, 0, -20),
            Assembler.i(Operation.JALR, 1, 8, 2),
            Assembler.nop(),
            Assembler.i(Operation.ADDI, 6, 6, 3),
            Assembler.i(Operation.JALR, 0, 1, 0),
            Assembler.i(Operation.XORI, 6, 6, 77),
            Assembler.i(Operation.JALR, 0, 1, 1));
    machine.set(8, TestMachine.ENTRY + 32).set(9, 1000);
    assertTrue(assertSameRun(machine, 100_000, "indirect jumps") > 0);
    assertEquals(MachineStatus.FAULTED, machine.hart.status);
  }

  @Test
  void run_loopBesideTheHottest_stopsInIt() {
    // Eight rounds of one loop, four of another; the latter doubles when x9 is below 100.
    TestMachine machine =
        loop(
                1000,
                Assembler.i(Operation.ADDI, 5, 0, 8),
                Assembler.i(Operation.ADDI, 5, 5, -1),
                Assembler.b(Operation.BNE, 5, 0, -4),
                Assembler.r(Operation.ADD, 6, 10, 0),
                Assembler.i(Operation.ADDI, 6, 6, -1),
                Assembler.b(Operation.BNE, 6, 0, -4),
                Assembler.i(Operation.SLTIU, 11, 9, 100),
                Assembler.r(Operation.SLL, 10, 10, 11))
            .set(10, 4);
    assertTrue(assertSameRun(machine, 3_000_000, "two loops") > 2_000_000);
  }

  private static TestMachine manyLoops(int loops) {
    int[] words = new int[4 * loops + 1];
    for (int i = 0; i < 4 * loops; i += 4) {
      words[i] = Assembler.i(Operation.ADDI, 9, 0, 400);
      words[i + 1] = Assembler.i(Operation.ADDI, 6, 6, i & 1023);
      words[i + 2] = Assembler.i(Operation.ADDI, 9, 9, -1);
      words[i + 3] = Assembler.b(Operation.BNE, 9, 0, -8);
    }
    words[4 * loops] = Assembler.ecall();
    return TestMachine.of(words).set(17, 93);
  }

  @Test
  void run_moreLoopsThanUnits_interpretsTheRest() {
    TestMachine machine = manyLoops(2 * TieredEngine.MOST_UNITS);
    Hart tiered = machine.hart.fork();
    machine.engine.run(machine.hart, 10_000_000);
    TieredEngine engine = eager(tiered);
    engine.run(tiered, 10_000_000);
    assertSameState(machine.hart, tiered, "many loops");
    assertEquals(MachineStatus.HALTED, tiered.status);
    assertEquals(TieredEngine.MOST_UNITS, engine.units());
  }

  @Test
  void run_translationsThatTakeLong_areFew() {
    TestMachine machine = manyLoops(200);
    Hart tiered = machine.hart.fork();
    machine.engine.run(machine.hart, 10_000_000);
    // A tenth of a second passes in each translation, and no time otherwise.
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    TieredEngine engine =
        new TieredEngine(ProgramCode.of(tiered.memory.base()), 3, now::get) {
          @Override
          public Translation translation(int entry, int firstPlace) {
            now.addAndGet(100_000_000);
            return super.translation(entry, firstPlace);
          }
        };
    engine.run(tiered, 10_000_000);
    assertSameState(machine.hart, tiered, "slow translations");
    assertTrue(engine.units() > 4 && engine.units() < 9, engine.units() + " units");
  }

  @Test
  void run_onAJvmThatRefusesClasses_interprets() {
    TestMachine machine = loop(100_000, Assembler.i(Operation.ADDI, 6, 6, 3));
    Hart tiered = machine.hart.fork();
    AtomicInteger refused = new AtomicInteger();
    TieredEngine engine =
        new TieredEngine(ProgramCode.of(tiered.memory.base()), 3, () -> 0) {
          @Override
          public Translation translation(int entry, int firstPlace) {
            refused.incrementAndGet();
            throw new LinkageError("no more classes");
          }
        };
    machine.engine.run(machine.hart, 1_000_000);
    engine.run(tiered, 1_000_000);
    assertSameState(machine.hart, tiered, "no units");
    assertEquals(MachineStatus.HALTED, tiered.status);
    assertEquals(0, engine.executedByUnits());
    assertEquals(1, refused.get(), "asked for once");
  }

  @Test
  void run_onSeveralThreads_givesEachItsOwnState() throws Exception {
    TestMachine machine = new RandomPrograms(SEED + 7).nextLoop();
    TieredEngine engine = eager(machine.hart);
    List<Hart> harts = new ArrayList<>();
    List<Callable<Void>> runs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Hart hart = machine.hart.fork();
      harts.add(hart);
      runs.add(() -> {
        while (hart.running() && hart.count < 100_000) {
          engine.run(hart, hart.count + 777);
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Void> run : threads.invokeAll(runs)) {
        run.get();
      }
    }
    machine.engine.run(machine.hart, harts.getFirst().count);
    for (Hart hart : harts) {
      assertSameState(machine.hart, hart, "seed " + SEED);
      assertEquals(machine.hart.memory.tree().root(), hart.memory.tree().root());
    }
  }

  @Test
  void translate_everyFunctionOfTheGuest_makesNoLongMethod() {
    ProgramCode program = ProgramCode.of(MemorySnapshot.of(GuestProgram.bundled().extents()));
    program.decodeAround(0);
    Profile profile = new Profile(program);
    int functions = 0;
    for (int i = 0; i < program.code().length - 1; i++) {
      program.decodeAround(i);
      long w = program.code()[i];
      if (PreDecoded.opcode(w) == Opcode.JAL && PreDecoded.rd(w) != Hart.SINK) {
        int entry = PreDecoded.target(w);
        Region region = Translator.translate(program, profile, entry, index -> false, 0).region();
        int length = Translator.longestMethod(UnitWriter.write(program, region, 0));
        assertTrue(length <= Translator.LONGEST_METHOD, length + " bytes");
        functions++;
      }
    }
    assertTrue(functions > 100, functions + " calls");
  }

  @Test
  void of_sameProgram_isTheSameEngine() {
    MemorySnapshot one = TestMachine.snapshot(Assembler.nop(), Assembler.ecall());
    MemorySnapshot same = TestMachine.snapshot(Assembler.nop(), Assembler.ecall());
    MemorySnapshot other = TestMachine.snapshot(Assembler.ecall(), Assembler.ecall());
    for (MachineEngine kind : MachineEngine.values()) {
      assertSame(Engines.of(one, kind), Engines.of(same, kind));
      assertNotSame(Engines.of(one, kind), Engines.of(other, kind));
    }
  }

  @Test
  void read_words_areTheBytes() {
    MemorySnapshot memory = TestMachine.snapshot(0x0403_0201, 0x0807_0605, 0x0c0b_0a09);
    Hart hart = new Hart(GuestMemory.over(memory));
    long[] page = hart.memory.pageForLoad(TestMachine.ENTRY, 8);
    int index = GuestMemory.wordIndex(TestMachine.ENTRY);
    assertArrayEquals(
        new long[] {0x0807_0605_0403_0201L, 0x0c0b_0a09L},
        new long[] {page[index], page[index + 1]});
  }
}
