package dev.opml.vm.machine.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** qemu's user-mode emulator, as an implementation of RV64IM that nobody here has written. */
final class Qemu {
  private static final String COMMAND = "qemu-riscv64";

  private Qemu() {}

  /** Skips the calling test where there is no qemu, or fails it where there must be one. */
  static void assumePresent() {
    boolean present = isPresent();
    String missing = "no " + COMMAND + " on the path";
    if ("1".equals(System.getenv("OPML_REQUIRE_ALL"))) {
      assertTrue(present, missing);
    }
    Assumptions.assumeTrue(present, missing);
  }

  private static boolean isPresent() {
    try {
      Process process =
          new ProcessBuilder(COMMAND, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // no such program
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What a run left behind.
   *
   * @param status what the program exited with, or 128 and the number of a signal
   * @param output what it wrote to its standard output
   */
  record Result(int status, byte[] output) {}

  /** Runs a Linux executable; its errors go to those of this process. */
  static Result run(Path elf) {
    try {
      Process process =
          new ProcessBuilder(COMMAND, elf.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] output = process.getInputStream().readAllBytes();
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
