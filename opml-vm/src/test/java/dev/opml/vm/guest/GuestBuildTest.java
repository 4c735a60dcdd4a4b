package dev.opml.vm.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.testing.Required;
import dev.opml.vm.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed ELF is what the committed sources compile to. */
class GuestBuildTest {
  private static final String COMPILER = "riscv64-unknown-elf-gcc";
  private static final String VERSION = "12.2.0";

  @Test
  void check_withTheDocumentedCompiler_reproducesTheCommittedElf() throws Exception {
    Required.assumeCommand(COMPILER, "-dumpfullversion", VERSION);
    Path script = TestData.repositoryRoot().resolve("opml-vm/src/main/guest/build.sh");
    Process check =
        new ProcessBuilder(script.toString(), "--check").redirectErrorStream(true).start();
    String report = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), report);
  }
}
