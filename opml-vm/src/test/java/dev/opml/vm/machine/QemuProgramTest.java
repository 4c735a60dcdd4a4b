package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs, on the machine and under qemu. */
class QemuProgramTest {
  private static final long SEED = 20_260_214;
  private static final int FILES = 25;
  private static final int PROGRAMS_A_FILE = 100;
  private static final long LONGEST = 100_000_000;

  /** Loops go round 60 times at most. */
  private static final int HOT = 10;

  @Test
  void randomPrograms_underQemu_leaveTheSameRegistersAndMemory(@TempDir Path folder)
      throws IOException {
    Qemu.assumePresent();
    Path elf = folder.resolve("programs.elf");
    long executed = 0;
    for (long seed = SEED; seed < SEED + FILES; seed++) {
      BoundedPrograms programs = new BoundedPrograms(seed, PROGRAMS_A_FILE);
      Files.write(elf, programs.elf());
      Qemu.Result result = Qemu.run(elf);
      assertEquals(0, result.status(), "seed " + seed);
      MemorySnapshot memory = programs.memory();
      Hart interpreted = hart(memory);
      Hart translated = hart(memory);
      new Interpreter(ProgramCode.of(memory)).run(interpreted, LONGEST);
      TestMachine.translator(translated, HOT).run(translated, LONGEST);
      // At the call that writes, of which the machine knows nothing.
      assertEquals(MachineStatus.FAULTED, interpreted.status, "seed " + seed);
      TestMachine.assertSameState(interpreted, translated, "seed " + seed);
      assertArrayEquals(result.output(), data(interpreted), "seed " + seed);
      assertArrayEquals(result.output(), data(translated), "seed " + seed);
      executed += interpreted.count;
    }
    assertTrue(executed > FILES * PROGRAMS_A_FILE * 200L, executed + " instructions");
  }

  private static Hart hart(MemorySnapshot memory) {
    Hart hart = new Hart(GuestMemory.over(memory));
    hart.pc = TestMachine.ENTRY;
    return hart;
  }

  private static byte[] data(Hart hart) {
    byte[] data = new byte[BoundedPrograms.PAGE * PROGRAMS_A_FILE];
    hart.memory.read(BoundedPrograms.DATA, data);
    return data;
  }
}
