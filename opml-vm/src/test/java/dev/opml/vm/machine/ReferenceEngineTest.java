package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All engines end where the reference engine does. */
class ReferenceEngineTest {
  private static final long SEED = 20_260_301;
  private static final long RAM = 0x8000_0000L;

  /** All that can be told of a machine, memory as its root. */
  private static List<Object> end(ElfMachine machine) {
    List<Object> all = new ArrayList<>();
    Collections.addAll(all, machine.status(), machine.count(), machine.pc());
    for (int i = 0; i < 32; i++) {
      all.add(machine.register(i));
    }
    Collections.addAll(all, machine.memory().tree().root(), machine.fault());
    return all;
  }

  /** Runs to a count under every engine, in several pieces. */
  private static ElfMachine assertSameEnd(byte[] elf, long count, String what) {
    ElfProgram program = ElfProgram.read(elf);
    ElfMachine reference = ElfMachine.start(program, MachineEngine.REFERENCE);
    reference.runTo(count);
    for (MachineEngine engine : MachineEngine.values()) {
      ElfMachine machine = ElfMachine.start(program, engine);
      for (long stop : new long[] {1, count / 3, count / 2 + 1, count}) {
        machine.runTo(Math.max(stop, machine.count()));
      }
      assertEquals(end(reference), end(machine), engine + ", " + what);
    }
    return reference;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dev/opml/vm/guest/opml-guest-v2.elf",
        "/dev/opml/vm/guest/softfloat.elf",
      })
  void elf_ofOurOwn_endsAlike(String resource) throws IOException {
    try (InputStream in = ReferenceEngineTest.class.getResourceAsStream(resource)) {
      assertSameEnd(in.readAllBytes(), 300_000, resource);
    }
  }

  /** Programs of several hundred thousand instructions in all, whose loops become hot. */
  @Test
  void elf_boundedPrograms_endsAlike() {
    long executed = 0;
    for (long seed = SEED; seed < SEED + 4; seed++) {
      ElfMachine machine =
          assertSameEnd(new BoundedPrograms(seed, 100).elf(), 1L << 32, "seed " + seed);
      assertEquals(MachineStatus.FAULTED, machine.status()); // at a call of Linux
      executed += machine.count();
    }
    assertTrue(executed > 4 * 100 * 200, executed + " instructions");
  }

  /** Code that is written to, jumps anywhere, faults of all kinds. */
  @Test
  void elf_randomPrograms_endsAlike() {
    RandomPrograms programs = new RandomPrograms(SEED);
    for (int i = 0; i < 100; i++) {
      Hart random = programs.nextLoop().hart;
      byte[] code = new byte[4 * RandomPrograms.LENGTH];
      random.memory.read(TestMachine.ENTRY, code);
      byte[] elf =
          new ElfBuilder()
              .segment(ElfBuilder.LOAD, 7, TestMachine.ENTRY, code, code.length)
              .build();
      assertSameEnd(elf, 30_000, "program " + i + " of seed " + SEED);
    }
  }

  @Test
  void elf_thatWritesTooMuch_isStoppedAlike() {
    int[] words = {
      Assembler.i(Operation.ADDI, 8, 0, 1),
      Assembler.i(Operation.SLLI, 8, 8, 32),
      Assembler.u(Operation.LUI, 5, 0x10000),
      Assembler.s(Operation.SD, 0, 8, 0),
      Assembler.r(Operation.ADD, 8, 8, 5),
      Assembler.jal(0, -8)
    };
    ElfProgram program =
        ElfProgram.read(new ElfBuilder().entry(RAM).code(RAM, TestMachine.bytes(words)).build());
    for (MachineEngine engine : MachineEngine.values()) {
      ElfMachine machine = ElfMachine.start(program, engine);
      LimitExceededException e =
          assertThrows(LimitExceededException.class, () -> machine.runTo(1L << 20));
      assertEquals("writtenBytes", e.limitName());
    }
  }

  @Test
  void guest_underEveryEngine_endsAlike() {
    MemorySnapshot memory = BundledGuestTest.memory(1);
    MachineState reference = endOf(memory, MachineEngine.REFERENCE);
    assertEquals(MachineStatus.HALTED, reference.status());
    for (MachineEngine engine : MachineEngine.values()) {
      assertEquals(reference, endOf(memory, engine), engine.name());
    }
    ElfBuilder elf = new ElfBuilder();
    for (MemoryExtent extent : memory.extents()) {
      byte[] bytes = extent.bytes().toArray(ValueLayout.JAVA_BYTE);
      boolean code = extent.base() < MemoryRegion.PROGRAM.size();
      int flags = code ? ElfBuilder.READ_EXECUTE : ElfBuilder.READ_WRITE;
      elf.segment(ElfBuilder.LOAD, flags, extent.base(), bytes, bytes.length);
    }
    ElfMachine raw = assertSameEnd(elf.build(), 1L << 32, "the guest as a raw ELF");
    assertEquals(reference.count(), raw.count());
    assertEquals(reference.registers().get(9), raw.register(10));
  }

  private static MachineState endOf(MemorySnapshot memory, MachineEngine engine) {
    Machine machine = Machine.start(memory, new NodeIndex(0), GraphMode.ROW_PER_NODE, engine);
    machine.runTo(new InstructionIndex(100));
    machine = machine.snapshot().resume();
    machine.runTo(new InstructionIndex(300_000));
    return machine.state();
  }
}
