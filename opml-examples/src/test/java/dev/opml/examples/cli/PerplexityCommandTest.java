package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerplexityCommandTest {
  private static final String STORIES = "text/stories.valid.txt";

  @TempDir private Path folder;

  private static JsonNode perplexity(Path model, Path text, Object... options) {
    Object[] args = new Object[4 + options.length];
    args[0] = "perplexity";
    args[1] = model;
    args[2] = text;
    args[3] = "--json";
    System.arraycopy(options, 0, args, 4, options.length);
    return CommandRun.of(args).expect(ExitStatus.HOLDS).json();
  }

  @ParameterizedTest
  @CsvSource({"q8_0, 6.688707240477478", "q5_k_m, 6.694831963934867"})
  void perplexity_ofTwoChunks_isTheScalarEngines(String format, double expected) {
    Path model = TestModels.shared("models/ours/stories-3.7m." + format + ".gguf");
    Path text = TestModels.shared(STORIES);
    for (String engine : List.of("scalar", "vector")) {
      JsonNode json = perplexity(model, text, "--context", 256, "--chunks", 2, "--engine", engine);
      assertEquals(expected, json.get("perplexity").doubleValue(), engine);
      assertEquals(2 * 127, json.get("tokens").intValue());
    }
  }

  /** Takes minutes. Rounding apart, the figures of our implementation in C; near llama.cpp's. */
  @ParameterizedTest
  @CsvSource({
    "f32,    7.95045, 7.9504",
    "f16,    7.95038, 7.9504",
    "bf16,   7.95054, 7.9502",
    "q8_0,   7.94946, 7.9501",
    "q4_0,   8.01074, 8.0115",
    "q4_1,   7.99926, 7.9979",
    "q5_0,   7.97272, 7.9736",
    "q5_1,   7.95686, 7.9565",
    "q4_k_m, 7.99409, 7.9945",
    "q5_k_m, 7.95766, 7.9579",
    "q6_k,   7.96060, 7.9602"
  })
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void perplexity_ofTheWholeText_isThatOfReferences(String format, double ours, double llamaCpp) {
    Path model = TestModels.shared("models/ours/stories-3.7m." + format + ".gguf");
    JsonNode json = perplexity(model, TestModels.shared(STORIES), "--context", 256);
    double perplexity = json.get("perplexity").doubleValue();
    assertEquals(ours, perplexity, 0.00001);
    assertEquals(llamaCpp, perplexity, 0.0005 * llamaCpp);
  }

  @Test
  void perplexity_asText_showsIt() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "Once upon a time, there was a dog.");
    String out =
        CommandRun.of("perplexity", TestModels.bundled(), text, "--context", 8)
            .expect(ExitStatus.HOLDS)
            .out();
    assertTrue(
        out.matches("perplexity \\d+\\.\\d{4} ± \\d+\\.\\d{4}: 3 tokens of 1 chunks of 8\n"), out);
  }

  @Test
  void perplexity_textShorterThanAChunk_isRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("short.txt"), "Once");
    String line =
        CommandRun.of("perplexity", TestModels.bundled(), text)
            .expect(ExitStatus.REFUSED)
            .errorLine();
    assertEquals("opml: " + text + ": 2 tokens are less than one chunk of 256", line);
  }

  @Test
  void perplexity_textThatIsNotUtf8_isRefused() throws IOException {
    Path text = Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xe4});
    String line =
        CommandRun.of("perplexity", TestModels.bundled(), text)
            .expect(ExitStatus.REFUSED)
            .errorLine();
    assertTrue(line.startsWith("opml: " + text + ": "), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--chunks=0", "--context=2", "--engine=guest"})
  void perplexity_otherOptions_areUsageErrors(String option) {
    CommandRun.of("perplexity", TestModels.bundled(), "text", option)
        .expect(ExitStatus.USAGE)
        .errorLine();
  }

  @Test
  void value_ofKnownLogits_isThatOfTheirProbabilities() {
    Perplexity perplexity = new Perplexity();
    float[] halves = {1000, 1000, -1e30f};
    perplexity.add(FloatBuffer.wrap(halves), 0);
    assertEquals(2, perplexity.value(), 1e-15);
    perplexity.add(FloatBuffer.wrap(new float[] {3, 3, 3, 3, 3, 3, 3, 3}), 5);
    assertEquals(4, perplexity.value(), 1e-15);
    assertEquals(2, perplexity.count());
    // Losses ln 2 and ln 8: their deviation is ln 2, divided by the root of one.
    assertEquals(4 * Math.log(2), perplexity.standardError(), 1e-14);
  }
}
