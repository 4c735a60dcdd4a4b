package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static Optional<String> problem(Charset typed, String argument, String... decoded) {
    byte[] commandLine = ("java\0-ea\0run\0" + argument + "\0").getBytes(typed);
    return Arguments.problem(commandLine, "UTF-8", decoded);
  }

  @Test
  void problem_utf8ReadAsUtf8_isNone() {
    assertEquals(
        Optional.empty(), problem(StandardCharsets.UTF_8, "Müller 𝄞", "run", "Müller 𝄞"));
  }

  @Test
  void problem_emptyArguments_areCounted() {
    byte[] commandLine = "java\0\0ü\0\0".getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.empty(), Arguments.problem(commandLine, "UTF-8", "", "ü", ""));
  }

  @Test
  void problem_otherBytes_namesTheArgumentsNumber() {
    String line =
        problem(StandardCharsets.ISO_8859_1, "Müller", "run", "M\ufffdller").orElseThrow();
    assertEquals("argument 2 is not UTF-8", line);
  }

  @Test
  void problem_utf8ReadAsAnotherEncoding_namesIt() {
    byte[] commandLine = "java\0run\0ü\0".getBytes(StandardCharsets.UTF_8);
    for (String decoded : new String[] {"Ã¼", "ü", "\ufffd\ufffd"}) {
      String line = Arguments.problem(commandLine, "ISO-8859-1", "run", decoded).orElseThrow();
      assertTrue(line.contains("argument 2") && line.contains("ISO-8859-1"), line);
    }
  }

  @Test
  void problem_decodedAsOtherText_isOne() {
    assertTrue(problem(StandardCharsets.UTF_8, "Müller", "run", "Muller").isPresent());
  }

  @Test
  void problem_moreArgumentsThanWereTyped_isOne() {
    byte[] commandLine = "java\0".getBytes(StandardCharsets.UTF_8);
    assertTrue(Arguments.problem(commandLine, "UTF-8", "run", "ü").isPresent());
  }

  @Test
  void problem_ofThisProcess_asciiIsNone() {
    assertEquals(Optional.empty(), Arguments.problem("not", "typed"));
  }
}
