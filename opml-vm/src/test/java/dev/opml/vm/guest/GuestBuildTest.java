package dev.opml.vm.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The committed ELF is what the committed sources compile to. */
class GuestBuildTest {
  private static final String COMPILER = "riscv64-unknown-elf-gcc";
  private static final String VERSION = "12.2.0";

  @Test
  void check_withTheDocumentedCompiler_reproducesTheCommittedElf() throws Exception {
    boolean present = VERSION.equals(output(COMPILER, "-dumpfullversion").strip());
    String missing = "no " + COMPILER + " " + VERSION + " on the path";
    if ("1".equals(System.getenv("OPML_REQUIRE_ALL"))) {
      assertTrue(present, missing);
    }
    Assumptions.assumeTrue(present, missing);
    Path script = TestData.repositoryRoot().resolve("opml-vm/src/main/guest/build.sh");
    Process check =
        new ProcessBuilder(script.toString(), "--check").redirectErrorStream(true).start();
    String report = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), report);
  }

  private static String output(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return text;
    } catch (IOException e) {
      return ""; // no such program
    }
  }
}
