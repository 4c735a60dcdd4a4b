package dev.opml.examples.cli;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.machine.ElfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** A command that works on an ELF. */
abstract class ElfCommand extends Subcommand {
  /** Most bytes of a file; a device never ends. */
  private static final int MOST_BYTES = 1 << 28;

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
    try (InputStream in = Files.newInputStream(elf)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new LimitExceededException("elfBytes", MOST_BYTES, bytes.length);
      }
      return ElfProgram.read(bytes);
    }
  }
}
