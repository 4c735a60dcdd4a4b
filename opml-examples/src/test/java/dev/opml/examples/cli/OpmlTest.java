package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpmlTest {
  @Test
  void run_withoutCommand_isAUsageError() {
    CommandRun run = CommandRun.of().expect(ExitStatus.USAGE);
    assertTrue(run.errorLine().contains("--help"), run.err());
    assertEquals("", run.out());
  }

  @Test
  void run_unknownCommand_isAUsageError() {
    CommandRun.of("frobnicate").expect(ExitStatus.USAGE).errorLine();
  }

  @Test
  void run_unknownOption_isAUsageErrorNamingIt() {
    String line = CommandRun.of("inspect", "x", "--frob").expect(ExitStatus.USAGE).errorLine();
    assertTrue(line.contains("--frob"), line);
  }

  @Test
  void run_usageErrorWithJson_printsOneObject() {
    var json = CommandRun.of("inspect", "--json").expect(ExitStatus.USAGE).json();
    assertEquals(ExitStatus.USAGE, json.get("status").intValue());
  }

  @Test
  void help_ofEveryCommand_printsItAndSucceeds() {
    CommandRun all = CommandRun.of("--help").expect(ExitStatus.HOLDS);
    for (String command : Opml.commandNames()) {
      assertTrue(all.out().contains(command), command);
      CommandRun one = CommandRun.of(command, "--help").expect(ExitStatus.HOLDS);
      assertTrue(one.out().contains("--json"), one.out());
      assertFalse(one.out().contains("\033"), "colours in a pipe");
    }
  }

  @Test
  void run_missingFile_isRefusedInOneLineNamingIt() {
    CommandRun run = CommandRun.of("inspect", "no/such.gguf").expect(ExitStatus.REFUSED);
    assertEquals("opml: no/such.gguf: no such file", run.errorLine());
    assertEquals("", run.out());
  }

  @Test
  void run_folderAsFile_isRefusedInOneLine(@TempDir Path folder) {
    String line = CommandRun.of("inspect", folder).expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains(folder.toString()), line);
  }

  @Test
  void run_refusedWithJson_printsOneObject() {
    var json = CommandRun.of("inspect", "no/such.gguf", "--json").expect(ExitStatus.REFUSED).json();
    assertEquals(ExitStatus.REFUSED, json.get("status").intValue());
    assertTrue(json.get("error").textValue().contains("no/such.gguf"));
  }

  @Test
  void run_fileNameWithLineBreak_staysOneLine(@TempDir Path folder) throws IOException {
    Path odd = Files.writeString(folder.resolve("a\nb\033[31m.gguf"), "junk");
    String line = CommandRun.of("inspect", odd).expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("a\\nb\\u{1b}[31m.gguf"), line);
  }
}
