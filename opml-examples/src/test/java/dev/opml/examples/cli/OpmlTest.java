package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** A stream that takes {@code room} bytes and then fails. */
  private static Terminal failingAfter(int room, String reason, OutputStream err) {
    OutputStream out =
        new OutputStream() {
          private int left = room;

          @Override
          public void write(int b) throws IOException {
            if (left-- <= 0) {
              throw new IOException(reason);
            }
          }
        };
    return new Terminal(
        new PrintStream(new StandardOutput(out), false, StandardCharsets.UTF_8),
        new PrintStream(err, false, StandardCharsets.UTF_8),
        false,
        false,
        false);
  }

  private static Stream<List<String>> commandsThatPrint() {
    String model = TestModels.bundled().toString();
    return Stream.of(
        List.of("--help"),
        List.of("run", "--help"),
        List.of("inspect", model),
        List.of("inspect", model, "--json"),
        List.of("inspect", "no/such.gguf", "--json"),
        List.of("run", model, "Once", "--max-tokens", "3"),
        List.of("run", model, "Once", "--max-tokens", "3", "--json"),
        List.of("image", model),
        List.of("demo", "--tokens", "2"));
  }

  @ParameterizedTest
  @MethodSource("commandsThatPrint")
  void run_standardOutputFull_isRefusedInOneLine(List<String> command) {
    for (int room : new int[] {0, 1}) {
      var err = new ByteArrayOutputStream();
      Terminal terminal = failingAfter(room, "No space left on device", err);
      assertEquals(ExitStatus.REFUSED, Opml.run(terminal, command.toArray(String[]::new)));
      String line = err.toString(StandardCharsets.UTF_8);
      if (!command.contains("no/such.gguf")) {
        assertEquals("opml: standard output: No space left on device\n", line);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commandsThatPrint")
  void run_pipeClosed_endsQuietlyAsBySigpipe(List<String> command) {
    if (!command.contains("no/such.gguf")) {
      var err = new ByteArrayOutputStream();
      Terminal terminal = failingAfter(1, "Broken pipe", err);
      assertEquals(ExitStatus.PIPE_CLOSED, Opml.run(terminal, command.toArray(String[]::new)));
      assertEquals("", err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void run_standardErrorFull_changesNothing() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    var out = new PrintStream(OutputStream.nullOutputStream());
    var terminal = new Terminal(out, new PrintStream(full), false, false, false);
    assertEquals(ExitStatus.REFUSED, Opml.run(terminal, "inspect", "no/such.gguf"));
  }

  @Test
  void run_errorOfTheJvm_isOneJsonObject() {
    var out = new ByteArrayOutputStream();
    OutputStream exhausted =
        new OutputStream() {
          private boolean thrown;

          @Override
          public void write(int b) {
            if (!thrown) {
              thrown = true;
              throw new OutOfMemoryError("Java heap space");
            }
            out.write(b);
          }
        };
    var terminal =
        new Terminal(
            new PrintStream(exhausted, false, StandardCharsets.UTF_8),
            new PrintStream(OutputStream.nullOutputStream()),
            false,
            false,
            false);
    String model = TestModels.bundled().toString();
    int status = Opml.run(terminal, "image", model, "--json");
    var run = new CommandRun(status, out.toString(StandardCharsets.UTF_8), "");
    assertEquals(ExitStatus.INTERNAL, run.expect(70).json().get("status").intValue());
  }

  @Test
  void run_promptThatIsTheOptionJson_doesNotAskForJson() {
    CommandRun run = CommandRun.of("inspect", "--", "no/such.gguf").expect(ExitStatus.REFUSED);
    assertEquals("", run.out());
    assertEquals("", CommandRun.of("run", "--", "no/such.gguf", "--json").expect(3).out());
  }

  @Test
  void run_turkishLocale_knowsTheSameWords() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.of("tr", "TR"));
      for (String engine : List.of("vector", "VECTOR", "SCALAR", "Interpreter")) {
        CommandRun run =
            engine.equals("Interpreter")
                ? CommandRun.of("machine", "run", "no/such", "--engine", engine)
                : CommandRun.of("run", "no/such.gguf", "", "--engine", engine);
        run.expect(ExitStatus.REFUSED);
      }
      CommandRun.of("demo", "--liar", "ARBITER").expect(ExitStatus.USAGE);
      CommandRun.of("demo", "--liar", "CHALLENGER", "--tokens", 0).expect(ExitStatus.USAGE);
    } finally {
      Locale.setDefault(before);
    }
  }
}
