package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.machine.instruction.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether qemu, too, takes words for no instruction that fault on the machine. */
class QemuEncodingTest {
  private static final long SEED = 20_260_117;
  private static final int WORDS_A_CLASS = 64;
  private static final long DATA = MemoryRegion.OUTPUT.base();

  /** Where a byte for each word of the code is set if the word is illegal. */
  private static final long MARKS = DATA + 4096;

  private static final int SIGILL = 4;
  private static final int SA_SIGINFO = 4;
  private static final int SIGNAL_SET_SIZE = 8;
  private static final int SIGACTION = 134;
  private static final int WRITE = 64;
  private static final int EXIT = 93;

  /** Offset of pc in what a signal handler gets as its third argument. */
  private static final int CONTEXT_PC = 176;

  @Test
  void words_ofEveryInvalidClass_areIllegalUnderQemu(@TempDir Path folder) throws IOException {
    Qemu.assumePresent();
    Random random = new Random(SEED);
    List<Integer> code = new ArrayList<>();
    addHandler(code);
    int first = code.size();
    for (InvalidEncoding invalid : InvalidEncoding.ALL) {
      for (int i = 0; i < WORDS_A_CLASS; i++) {
        int word;
        do {
          word = invalid.draw(random);
        } while (executesAlways(word));
        code.add(word);
      }
    }
    int end = code.size();
    addEnd(code);
    byte[] marks = run(code, folder.resolve("words.elf"));
    for (int i = 0; i < marks.length; i++) {
      String what = "word %d, 0x%08x, seed %d".formatted(i, code.get(i), SEED);
      assertEquals(first <= i && i < end ? 1 : 0, marks[i], what);
    }
  }

  /** Atomics of 64 bits: qemu 7.2 has them without the extension, too. */
  private static boolean executesAlways(int word) {
    return (word & 0x707f) == 0x302f;
  }

  private static byte[] run(List<Integer> code, Path elf) throws IOException {
    byte[] bytes = TestMachine.bytes(code.stream().mapToInt(word -> word).toArray());
    ElfBuilder builder =
        new ElfBuilder()
            .mappable()
            .code(TestMachine.ENTRY, bytes)
            .segment(ElfBuilder.LOAD, ElfBuilder.READ_WRITE, DATA, new byte[0], 1 << 16);
    Files.write(elf, builder.build());
    Qemu.Result result = Qemu.run(elf);
    assertEquals(0, result.status());
    assertEquals(code.size(), result.output().length);
    return result.output();
  }

  /** Installs a handler that marks an illegal word and goes on behind it. */
  private static void addHandler(List<Integer> code) {
    int install = 13;
    code.add(Assembler.u(Operation.LUI, 8, (int) DATA));
    code.add(Assembler.u(Operation.AUIPC, 5, 0));
    code.add(Assembler.i(Operation.ADDI, 5, 5, 4 * (install - 1)));
    code.add(Assembler.s(Operation.SD, 5, 8, 0));
    code.add(Assembler.i(Operation.ADDI, 5, 0, SA_SIGINFO));
    code.add(Assembler.s(Operation.SD, 5, 8, 8));
    code.add(Assembler.i(Operation.ADDI, 10, 0, SIGILL));
    code.add(Assembler.i(Operation.ADDI, 11, 8, 0));
    code.add(Assembler.i(Operation.ADDI, 12, 0, 0));
    code.add(Assembler.i(Operation.ADDI, 13, 0, SIGNAL_SET_SIZE));
    code.add(Assembler.i(Operation.ADDI, 17, 0, SIGACTION));
    code.add(Assembler.ecall());
    int jump = code.size();
    code.add(Assembler.nop());
    assertEquals(install, code.size());
    code.add(Assembler.i(Operation.LD, 5, 12, CONTEXT_PC));
    code.add(Assembler.u(Operation.LUI, 6, (int) TestMachine.ENTRY));
    code.add(Assembler.r(Operation.SUB, 6, 5, 6));
    code.add(Assembler.i(Operation.SRLI, 6, 6, 2));
    code.add(Assembler.u(Operation.LUI, 7, (int) MARKS));
    code.add(Assembler.r(Operation.ADD, 6, 6, 7));
    code.add(Assembler.i(Operation.ADDI, 7, 0, 1));
    code.add(Assembler.s(Operation.SB, 7, 6, 0));
    code.add(Assembler.i(Operation.ADDI, 5, 5, 4));
    code.add(Assembler.s(Operation.SD, 5, 12, CONTEXT_PC));
    code.add(Assembler.i(Operation.JALR, 0, 1, 0));
    code.set(jump, Assembler.jal(0, 4 * (code.size() - jump)));
  }

  /** Writes the marks of all code, this included, and exits. */
  private static void addEnd(List<Integer> code) {
    int size = code.size() + 9;
    code.add(Assembler.i(Operation.ADDI, 10, 0, 1));
    code.add(Assembler.u(Operation.LUI, 11, (int) MARKS));
    code.add(Assembler.u(Operation.LUI, 12, (size + 2048) & -4096));
    code.add(Assembler.i(Operation.ADDI, 12, 12, size - ((size + 2048) & -4096)));
    code.add(Assembler.i(Operation.ADDI, 17, 0, WRITE));
    code.add(Assembler.ecall());
    code.add(Assembler.i(Operation.ADDI, 10, 0, 0));
    code.add(Assembler.i(Operation.ADDI, 17, 0, EXIT));
    code.add(Assembler.ecall());
    assertEquals(size, code.size());
  }
}
