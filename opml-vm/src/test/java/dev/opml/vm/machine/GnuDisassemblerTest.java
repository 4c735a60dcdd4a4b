package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.testing.Required;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our text of instructions beside that of binutils. */
class GnuDisassemblerTest {
  private static final String OBJDUMP = "riscv64-unknown-elf-objdump";
  private static final long SEED = 20_250_619;
  private static final Pattern LINE =
      Pattern.compile("\\s*([0-9a-f]+):\\s+([0-9a-f]{8})\\s+(\\S+)(?:\\s+([^#]*?))?\\s*(?:#.*)?");

  @TempDir private static Path folder;

  @BeforeAll
  static void needsObjdump() {
    Required.assumeCommand(OBJDUMP, "--version", "GNU objdump");
  }

  @Test
  void disassemble_bundledGuest_isObjdumpsText() throws IOException {
    int compared = 0;
    for (MemoryExtent segment : GuestProgram.bundled().extents()) {
      compared += compare(segment.base(), segment.bytes().toArray(ValueLayout.JAVA_BYTE));
    }
    assertTrue(compared > 5000, compared + " instructions");
  }

  /** Operands of zero, ra and others, and immediates of 0, 1, -1 and others, make aliases. */
  @Test
  void disassemble_everyEncoding_isObjdumpsText() throws IOException {
    Random random = new Random(SEED);
    ByteBuffer words = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      Encoding encoding = Encoding.ALL.get(random.nextInt(Encoding.ALL.size()));
      int word = random.nextInt();
      for (int field : new int[] {0x1f << 7, 0x1f << 15, 0x1f << 20, 0xfff << 20}) {
        word =
            switch (random.nextInt(8)) {
              case 0, 1 -> word & ~field;
              case 2 -> word & ~field | Integer.lowestOneBit(field);
              case 3 -> word | field;
              default -> word;
            };
      }
      words.putInt(encoding.match() | word & ~encoding.mask());
    }
    assertEquals(words.capacity() / 4, compare(0x8000_0000L, words.array()), "seed " + SEED);
  }

  /** Compares all words that are instructions, and returns how many there were. */
  private static int compare(long base, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("words"), bytes);
    Process process =
        new ProcessBuilder(
                List.of(
                    OBJDUMP,
                    "-D",
                    "-z",
                    "-b",
                    "binary",
                    "-m",
                    "riscv:rv64",
                    "--adjust-vma=0x" + Long.toHexString(base),
                    file.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int compared = 0;
    for (String line :
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        int word = Integer.parseUnsignedInt(matcher.group(2), 16);
        if (Decoder.decode(word).operation() != Operation.ILLEGAL) {
          String operands = matcher.group(4) == null ? "" : matcher.group(4);
          long pc = Long.parseUnsignedLong(matcher.group(1), 16);
          assertEquals(
              normal(matcher.group(3), operands, Decoder.decode(word)),
              Disassembler.disassemble(word, pc),
              line);
          compared++;
        }
      }
    }
    return compared;
  }

  /**
   * Objdump's text with our spaces. It leaves out the i of names like addi where the operand tells,
   * has amounts of shifts in hexadecimal, and shows what a FENCE orders.
   */
  private static String normal(String name, String operands, Instruction instruction) {
    Operation operation = instruction.operation();
    if (operation == Operation.FENCE) {
      return "fence";
    }
    String text = operands.replace(",", ", ");
    boolean immediate = operation.format() == Format.IMMEDIATE;
    if (immediate && text.indexOf(", ") != text.lastIndexOf(", ")) {
      String ours = operation.mnemonic();
      assertTrue(name.equals(ours) || name.equals(ours.replace("i", "")), name);
      return ours
          + " "
          + text.substring(0, text.lastIndexOf(' ') + 1)
          + Integer.decode(text.substring(text.lastIndexOf(' ') + 1));
    }
    return text.isEmpty() ? name : name + " " + text;
  }
}
