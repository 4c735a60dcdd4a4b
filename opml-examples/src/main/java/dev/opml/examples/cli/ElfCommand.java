package dev.opml.examples.cli;

import dev.opml.vm.machine.ElfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** A command that works on an ELF. */
abstract class ElfCommand extends Subcommand {
  @Parameters(paramLabel = "ELF", description = "A static 64-bit RISC-V executable.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path elf;

  ElfCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return elf;
  }

  ElfProgram program() throws IOException {
    return ElfProgram.read(Files.readAllBytes(elf));
  }
}
