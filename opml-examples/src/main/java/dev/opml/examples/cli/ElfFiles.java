package dev.opml.examples.cli;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.elf.ElfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds and reads ELFs. */
final class ElfFiles {
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

  /** Most bytes of a file; a device never ends. */
  private static final int MOST_BYTES = 1 << 28;

  private ElfFiles() {}

  /**
   * Reads a program.
   *
   * @throws dev.opml.vm.elf.MalformedElfException if it is none
   * @throws LimitExceededException if the file is larger than 2^28 bytes
   * @throws IOException if it cannot be read
   */
  static ElfProgram read(Path elf) throws IOException {
    try (InputStream in = Files.newInputStream(elf)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new LimitExceededException("elfBytes", MOST_BYTES, bytes.length);
      }
      return ElfProgram.read(bytes);
    }
  }

  /**
   * The files in a folder that begin as ELFs do, or cannot be read and so may be some; by the bytes
   * of their names. Those in folders in it are not among them.
   *
   * @throws IOException if the folder cannot be read
   * @throws UncheckedIOException if reading it fails half-way
   */
  static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(ElfFiles::mayBeElf).sorted().toList();
    }
  }

  private static boolean mayBeElf(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return false; // opening a pipe may last for ever
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    } catch (IOException e) {
      return true; // whoever reads it tells why
    }
  }
}
