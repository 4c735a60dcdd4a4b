package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.instruction.AssemblyText;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.raw.ElfEngine;
import dev.opml.vm.machine.translator.TieredEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfMachineTest {
  private static final long SEED = 20_250_618;
  private static final long RAM = 0x8000_0000L;
  private static final long TOP = (1L << 40) - 4096;
  private static final int ALL = 7;

  private static ElfProgram program(long address, int... words) {
    return ElfProgram.read(
        new ElfBuilder().entry(address).code(address, TestMachine.bytes(words)).build());
  }

  private static ElfMachine run(ElfProgram program, MachineEngine engine) {
    ElfMachine machine = ElfMachine.start(program, engine);
    machine.runTo(10_000_000);
    return machine;
  }

  private static int[] exit(int... words) {
    int[] all = Arrays.copyOf(words, words.length + 2);
    all[words.length] = Assembler.i(Operation.ADDI, 17, 0, 93);
    all[words.length + 1] = Assembler.ecall();
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {RAM, 0x10000, TOP, 0})
  void run_codeAnywhere_halts(long address) {
    int[] loop =
        exit(
            Assembler.u(Operation.AUIPC, 5, 0),
            Assembler.u(Operation.LUI, 9, 0x10000),
            Assembler.i(Operation.ADDI, 10, 10, 3),
            Assembler.i(Operation.ADDI, 9, 9, -1),
            Assembler.b(Operation.BNE, 9, 0, -8));
    for (MachineEngine engine : MachineEngine.values()) {
      ElfMachine machine = run(program(address, loop), engine);
      assertEquals(MachineStatus.HALTED, machine.status());
      assertEquals(3 * 65536, machine.register(10));
      assertEquals(address, machine.register(5));
      assertEquals(1L << 40, machine.register(2));
      assertEquals(2 + 3 * 65536 + 2, machine.count());
      assertEquals(address + 24, machine.pc());
      assertEquals(Optional.empty(), machine.fault());
    }
  }

  /** Each calls into the other half of the address space and back, many times. */
  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_segmentsFarApart_callEachOther(MachineEngine engine) {
    int[] low =
        exit(
            Assembler.i(Operation.ADDI, 6, 2, -2048),
            Assembler.i(Operation.ADDI, 6, 6, -2048),
            Assembler.u(Operation.LUI, 9, 0x10000),
            Assembler.i(Operation.JALR, 1, 6, 0),
            Assembler.i(Operation.ADDI, 9, 9, -1),
            Assembler.b(Operation.BNE, 9, 0, -8));
    int[] high = {Assembler.i(Operation.ADDI, 10, 10, 1), Assembler.i(Operation.JALR, 0, 1, 0)};
    ElfMachine machine =
        run(
            ElfProgram.read(
                new ElfBuilder()
                    .entry(0x10000)
                    .code(0x10000, TestMachine.bytes(low))
                    .code(TOP, TestMachine.bytes(high))
                    .build()),
            engine);
    assertEquals(MachineStatus.HALTED, machine.status());
    assertEquals(65536, machine.register(10));
  }

  /** Data and zero memory in the same page as code, and memory that no segment has. */
  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_storesBesideCode_areSeen(MachineEngine engine) {
    long data = RAM + 0x1000;
    int[] words =
        exit(
            Assembler.u(Operation.AUIPC, 5, 0x1000),
            Assembler.i(Operation.LD, 6, 5, 0),
            Assembler.i(Operation.LD, 7, 5, 8), // zero, though no byte of it is in the file
            Assembler.s(Operation.SD, 6, 5, 8),
            Assembler.u(Operation.LUI, 28, 0x1000_0000),
            Assembler.s(Operation.SH, 6, 28, 2),
            Assembler.i(Operation.LW, 10, 28, 0));
    ElfMachine machine =
        run(
            ElfProgram.read(
                new ElfBuilder()
                    .entry(RAM)
                    .code(RAM, TestMachine.bytes(words))
                    .segment(ElfBuilder.LOAD, 6, data, new byte[] {1, 2, 3}, 1L << 30)
                    .build()),
            engine);
    assertEquals(0x030201, machine.register(6));
    assertEquals(0, machine.register(7));
    assertEquals(0x0201_0000, machine.register(10));
    byte[] bytes = new byte[12];
    machine.memory().read(data, bytes);
    assertEquals(List.of(1, 2, 3, 0, 0, 0, 0, 0, 1, 2, 3, 0), boxed(bytes));
  }

  private static List<Integer> boxed(byte[] bytes) {
    return java.util.stream.IntStream.range(0, bytes.length).mapToObj(i -> (int) bytes[i]).toList();
  }

  /** Half-way through a hot loop, a store replaces an instruction of it, from another segment. */
  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_storeToTranslatedCode_isSeen(MachineEngine engine) {
    int rounds = 40_000;
    int changed = Assembler.i(Operation.ADDI, 10, 10, 2);
    int[] loop = {
      Assembler.u(Operation.LUI, 9, 2 * rounds & -4096),
      Assembler.u(Operation.LUI, 6, rounds & -4096),
      Assembler.u(Operation.LUI, 5, changed + 0x800 & -4096),
      Assembler.i(Operation.ADDI, 5, 5, changed << 20 >> 20),
      Assembler.u(Operation.AUIPC, 8, 0), // 16
      Assembler.i(Operation.ADDI, 10, 10, 1), // 20: the one
      Assembler.i(Operation.ADDI, 9, 9, -1),
      Assembler.b(Operation.BNE, 9, 6, 8),
      Assembler.s(Operation.SW, 5, 8, 4),
      Assembler.b(Operation.BNE, 9, 0, -16),
    };
    long first = (2 * rounds & -4096) - (rounds & -4096);
    ElfMachine machine = run(program(0x10000, exit(loop)), engine);
    assertEquals(MachineStatus.HALTED, machine.status());
    assertEquals(first + 2L * (rounds & -4096), machine.register(10));
  }

  /** Random loops that overwrite themselves, against engines that decode anew for each step. */
  @Test
  void run_randomProgramsThatStoreToThemselves_fetchWhatMemoryHolds() {
    RandomPrograms programs = new RandomPrograms(SEED);
    long executed = 0;
    for (int i = 0; i < 150; i++) {
      Hart random = programs.nextLoop().hart;
      byte[] code = new byte[4 * RandomPrograms.LENGTH];
      random.memory.read(TestMachine.ENTRY, code);
      ElfProgram program =
          ElfProgram.read(
              new ElfBuilder()
                  .segment(ElfBuilder.LOAD, ALL, TestMachine.ENTRY, code, code.length)
                  .build());
      ElfHartMachine naive = start(program, random, Interpreter::new);
      ElfHartMachine interpreter = start(program, random, Interpreter::new);
      ElfHartMachine translator = start(program, random, c -> new TieredEngine(c, 3, () -> 0));
      for (int end = 1; end < 400 && naive.status() == MachineStatus.RUNNING; end++) {
        new ElfEngine(program, naive.memory(), Interpreter::new).run(naive.hart, end);
      }
      executed += naive.count();
      interpreter.runTo(naive.count());
      translator.runTo(naive.count());
      assertSame(naive, interpreter, "program " + i + " of seed " + SEED);
      assertSame(naive, translator, "program " + i + " of seed " + SEED);
      interpreter.runTo(20_000);
      translator.runTo(20_000);
      assertSame(interpreter, translator, "program " + i + " of seed " + SEED);
    }
    assertTrue(executed > 10_000, executed + " instructions");
  }

  private static ElfHartMachine start(
      ElfProgram program,
      Hart registers,
      java.util.function.Function<ProgramCode, InstructionEngine> engines) {
    ElfHartMachine machine = ElfHartMachine.start(program, engines);
    System.arraycopy(registers.registers, 0, machine.hart.registers, 0, Hart.SINK);
    machine.hart.registers[3] = TestMachine.ENTRY + 4 * RandomPrograms.LENGTH + 512;
    return machine;
  }

  private static void assertSame(ElfHartMachine expected, ElfHartMachine actual, String what) {
    assertEquals(expected.count(), actual.count(), what);
    assertEquals(expected.pc(), actual.pc(), what);
    assertEquals(expected.status(), actual.status(), what);
    for (int i = 0; i < Hart.SINK; i++) {
      assertEquals(expected.register(i), actual.register(i), what + ", x" + i);
    }
    assertEquals(expected.memory().tree().root(), actual.memory().tree().root(), what);
  }

  /** An aligned store of eight bytes, only the last four of which are code. */
  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_storeThatReachesIntoCode_isSeen(MachineEngine engine) {
    int[] words =
        exit(
            Assembler.i(Operation.ADDI, 10, 10, 1), // becomes a nop before it runs again
            Assembler.u(Operation.AUIPC, 5, 0),
            Assembler.i(Operation.ADDI, 6, 0, Assembler.nop()),
            Assembler.i(Operation.SLLI, 6, 6, 32),
            Assembler.s(Operation.SD, 6, 5, -8),
            Assembler.b(Operation.BNE, 7, 0, 12),
            Assembler.i(Operation.ADDI, 7, 0, 1),
            Assembler.b(Operation.BEQ, 0, 0, -28));
    ElfMachine machine = run(program(RAM + 4, words), engine);
    assertEquals(MachineStatus.HALTED, machine.status());
    assertEquals(1, machine.register(10));
    assertEquals(16, machine.count());
  }

  /** The registers hold 2^64 - 8 and 2^64 - 4, the sums are small; in hot code. */
  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_addressSumsBeyond2To64_wrap(MachineEngine engine) {
    int[] caller =
        exit(
            Assembler.i(Operation.ADDI, 5, 0, -8),
            Assembler.i(Operation.ADDI, 6, 0, -4),
            Assembler.u(Operation.LUI, 9, 0x10000),
            Assembler.i(Operation.LD, 10, 5, 8), // 12: at 0
            Assembler.i(Operation.ADDI, 10, 10, 1),
            Assembler.s(Operation.SD, 10, 5, 8),
            Assembler.i(Operation.LHU, 11, 5, 8),
            Assembler.s(Operation.SB, 11, 5, 2047), // at 2039
            Assembler.i(Operation.JALR, 1, 6, 0x404), // to 0x400
            Assembler.i(Operation.ADDI, 9, 9, -1),
            Assembler.b(Operation.BNE, 9, 0, -28));
    int[] called = {
      Assembler.u(Operation.AUIPC, 12, 0xffff_f000), // 2^64 - 4096 + 0x400
      Assembler.i(Operation.JALR, 0, 1, 0)
    };
    ElfMachine machine =
        run(
            ElfProgram.read(
                new ElfBuilder()
                    .entry(RAM)
                    .code(RAM, TestMachine.bytes(caller))
                    .code(0x400, TestMachine.bytes(called))
                    .build()),
            engine);
    assertEquals(MachineStatus.HALTED, machine.status());
    assertEquals(65536, machine.register(10));
    assertEquals(0x400 - 4096, machine.register(12));
    byte[] bytes = new byte[2040];
    machine.memory().read(0, bytes);
    assertEquals(List.of(0, 0, 1, 0), boxed(Arrays.copyOf(bytes, 4)));
    assertEquals(0, bytes[2039]); // of 65536
  }

  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void run_jumpBelowZero_goesTo2To64LessTheRest(MachineEngine engine) {
    int[] jumps = {Assembler.jal(1, -8), Assembler.b(Operation.BEQ, 0, 0, -8)};
    for (int jump : jumps) {
      ElfMachine machine = run(program(0, jump), engine);
      assertEquals(Optional.of(new MachineFault(FaultCause.FETCH, -8, "", -8)), machine.fault());
      assertEquals(2, machine.count());
    }
  }

  @ParameterizedTest
  @EnumSource(MachineEngine.class)
  void runTo_haltedOrFaulted_changesNothing(MachineEngine engine) {
    for (ElfProgram program : List.of(program(RAM, exit()), program(RAM, 0))) {
      ElfMachine machine = run(program, engine);
      MachineStatus status = machine.status();
      long count = machine.count();
      machine.runTo(Long.MAX_VALUE);
      assertEquals(status, machine.status());
      assertEquals(count, machine.count());
      assertEquals(RAM + 4 * (count - 1), machine.pc());
    }
  }

  @Test
  void fault_everyCause_isNamed() {
    assertFault(FaultCause.ILLEGAL_INSTRUCTION, 0xf140_2573L, 0xf140_2573);
    assertFault(FaultCause.BREAKPOINT, 0, 0x0010_0073);
    assertFault(FaultCause.UNKNOWN_CALL, 0, Assembler.ecall());
    assertEquals(
        "unknown ecall, a7 = 18446744073709551615 at 0x0: ecall",
        new MachineFault(FaultCause.UNKNOWN_CALL, 0, "ecall", -1).describe());
    assertFault(FaultCause.MISALIGNED_JUMP, RAM + 2, Assembler.jal(0, 2));
    assertFault(FaultCause.MISALIGNED_JUMP, RAM + 6, Assembler.b(Operation.BEQ, 0, 0, 6));
    assertFault(FaultCause.MISALIGNED_JUMP, 6, Assembler.i(Operation.JALR, 0, 0, 7));
    assertFault(FaultCause.MISALIGNED_LOAD, 1, Assembler.i(Operation.LH, 5, 0, 1));
    assertFault(FaultCause.LOAD, -8, Assembler.i(Operation.LD, 5, 0, -8));
    assertFault(FaultCause.MISALIGNED_STORE, 2, Assembler.s(Operation.SW, 5, 0, 2));
    assertFault(FaultCause.STORE, 1L << 40, Assembler.s(Operation.SB, 5, 2, 0));
    ElfMachine outside = run(program(RAM, Assembler.jal(0, 64)), MachineEngine.TRANSLATOR);
    assertEquals(
        Optional.of(new MachineFault(FaultCause.FETCH, RAM + 64, "", RAM + 64)), outside.fault());
    assertEquals(2, outside.count());
  }

  private static void assertFault(FaultCause cause, long value, int word) {
    for (MachineEngine engine : MachineEngine.values()) {
      ElfMachine machine = run(program(RAM, word), engine);
      MachineFault fault = machine.fault().orElseThrow();
      assertEquals(cause, fault.cause());
      assertEquals(RAM, fault.pc());
      assertEquals(AssemblyText.of(word, RAM), fault.instruction());
      assertEquals(value, fault.value(), cause.name());
      assertEquals(RAM, machine.pc());
      assertEquals(1, machine.count());
    }
  }

  @Test
  void runTo_programThatNeverEnds_stopsAtTheCount() {
    for (MachineEngine engine : MachineEngine.values()) {
      long end = engine == MachineEngine.REFERENCE ? 1000 : Long.MAX_VALUE;
      ElfMachine machine = ElfMachine.start(program(RAM, Assembler.jal(0, 0)), engine);
      machine.runTo(end);
      assertEquals(end, machine.count());
      assertEquals(MachineStatus.RUNNING, machine.status());
      assertThrows(IllegalArgumentException.class, () -> machine.runTo(5));
    }
  }
}
