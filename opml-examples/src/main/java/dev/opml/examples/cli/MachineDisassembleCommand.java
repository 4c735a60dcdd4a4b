package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.machine.Disassembler;
import dev.opml.vm.memory.MemoryExtent;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml machine disassemble}: the instructions of a RISC-V program as text. */
@Command(
    name = "disassemble",
    sortOptions = false,
    description = "Prints address, word and text of the instructions in the executable segments.")
final class MachineDisassembleCommand extends Subcommand {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Parameters(paramLabel = "ELF", description = "A static 64-bit RISC-V executable.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path elf;

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      converter = HexAddress.class,
      description = "First address, hexadecimal; default: all.")
  private long from;

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      converter = HexAddress.class,
      description = "End, exclusive.")
  private long to = MemoryExtent.ADDRESS_SPACE;

  MachineDisassembleCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return elf;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    ArrayNode instructions = result.putArray("instructions");
    ElfFiles.read(elf).segments().stream()
        .filter(ElfSegment::executable)
        .forEach(segment -> disassemble(segment, instructions));
    return true;
  }

  private void disassemble(ElfSegment segment, ArrayNode instructions) {
    MemorySegment bytes = segment.content().bytes();
    long start = (Math.max(from, segment.base()) + 3) & -4;
    long end = Math.min(to, segment.base() + bytes.byteSize()) - 3;
    for (long pc = start; pc < end; pc += Integer.BYTES) {
      int word = bytes.get(WORD, pc - segment.base());
      String text = Disassembler.disassemble(word, pc);
      if (json()) {
        instructions
            .addObject()
            .put("address", HexAddress.text(pc))
            .put("word", "%08x".formatted(word))
            .put("text", text);
      } else {
        sayLine("%10x:  %08x  %s".formatted(pc, word, text));
      }
    }
  }
}
