package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One run of the command line inside this process, its streams captured.
 *
 * @param status exit status
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int status, String out, String err) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  static CommandRun of(Object... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            false,
            false,
            false);
    int status =
        Opml.run(terminal, Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    return new CommandRun(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Asserts the exit status, showing what was printed if it is another. */
  CommandRun expect(int expected) {
    assertEquals(expected, status, () -> "stdout: " + out + "\nstderr: " + err);
    return this;
  }

  /** Asserts that standard error is exactly one line, and returns it. */
  String errorLine() {
    assertEquals(1, err.lines().count(), err);
    return err.strip();
  }

  /** Standard output as exactly one JSON object. */
  JsonNode json() {
    try {
      JsonNode node = JSON.readTree(out);
      assertEquals(true, node.isObject(), out);
      return node;
    } catch (JsonProcessingException e) {
      throw new AssertionError("not one JSON object: " + out, e);
    }
  }
}
