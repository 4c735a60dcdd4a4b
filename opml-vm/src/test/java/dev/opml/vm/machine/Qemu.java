package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.Required;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** qemu's user-mode emulator, as an implementation of RV64IM that nobody here has written. */
final class Qemu {
  private static final String COMMAND = "qemu-riscv64";

  /** What remains when everything is switched off that version 7.2 has besides. */
  private static final String RV64IM =
      "rv64,g=off,a=off,f=off,d=off,c=off,h=off,s=off,u=off,Zifencei=off,Zicsr=off,"
          + "zba=off,zbb=off,zbc=off,zbs=off";

  private Qemu() {}

  /** Skips the calling test where there is no qemu, or fails it where there must be one. */
  static void assumePresent() {
    Required.assumeCommand(COMMAND, "--version", "version");
  }

  /**
   * What a run left behind.
   *
   * @param status what the program exited with, or 128 and the number of a signal
   * @param output what it wrote to its standard output
   */
  record Result(int status, byte[] output) {}

  /**
   * Runs a Linux executable on RV64IM; its errors go to those of this process.
   *
   * @param elf the executable; what it writes goes to a file beside it
   */
  static Result run(Path elf) throws IOException {
    Path output = elf.resolveSibling("output");
    assertTrue(elf.toFile().setExecutable(true));
    Process process =
        new ProcessBuilder(COMMAND, "-cpu", RV64IM, elf.toString())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "qemu runs too long");
      return new Result(process.exitValue(), Files.readAllBytes(output));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
