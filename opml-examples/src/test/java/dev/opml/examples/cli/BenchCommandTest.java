package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  private static final Path MODEL = TestModels.bundled();

  @Test
  void bench_withJson_hasEveryTestOfEveryNumberOfThreads() {
    JsonNode json =
        CommandRun.of(
                "bench",
                MODEL,
                "--prompt=4,70",
                "--gen",
                3,
                "--verify",
                2,
                "--trace",
                2,
                "--threads=1,2",
                "--repeat",
                3,
                "--warm-up",
                0,
                "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    assertEquals(MODEL.toString(), json.at("/model/file").textValue());
    assertEquals("opml stories 3.7M", json.at("/model/name").textValue());
    assertEquals(3_672_320, json.at("/model/parameters").longValue());
    assertTrue(json.at("/model/bytes").longValue() > 3_000_000);
    for (String field : List.of("cpu", "java", "kernels")) {
      assertTrue(json.get(field).isTextual(), field);
    }
    List<String> tests =
        StreamSupport.stream(json.get("tests").spliterator(), false)
            .map(t ->
                "%s %s %s".formatted(t.get("kind").asText(), t.get("tokens"), t.get("threads")))
            .toList();
    assertEquals(
        List.of(
            "pp 4 1",
            "pp 70 1",
            "tg 3 1",
            "verify 2 1",
            "trace 2 1",
            "pp 4 2",
            "pp 70 2",
            "tg 3 2",
            "verify 2 2",
            "trace 2 2"),
        tests);
    json.get("tests").forEach(BenchCommandTest::assertMeasured);
  }

  private static void assertMeasured(JsonNode test) {
    assertEquals(3, test.get("repeats").intValue());
    double[] sorted =
        StreamSupport.stream(test.get("samples").spliterator(), false)
            .mapToDouble(JsonNode::doubleValue)
            .sorted()
            .toArray();
    assertEquals(3, sorted.length);
    assertTrue(sorted[0] > 0 && Double.isFinite(sorted[2]), test.toString());
    assertEquals(sorted[1], test.get("median").doubleValue());
    assertTrue(test.get("mean").doubleValue() >= sorted[0], test.toString());
    assertTrue(test.get("stddev").doubleValue() >= 0, test.toString());
    assertEquals(
        Set.of("verify", "trace").contains(test.get("kind").asText()),
        test.has("timeOfGenerating"));
  }

  @Test
  void bench_asText_printsALineATest() {
    CommandRun text =
        CommandRun.of(
                "bench",
                MODEL,
                "--prompt",
                0,
                "--gen",
                1,
                "--threads",
                1,
                "--repeat",
                1,
                "--warm-up",
                0,
                "--engine",
                "scalar")
            .expect(ExitStatus.HOLDS);
    List<String> lines = text.out().lines().toList();
    assertTrue(lines.get(1).endsWith(", scalar"), text.out());
    assertTrue(lines.getLast().matches("tg 1 +1  [0-9]+\\.[0-9]{2} ± 0\\.00"), text.out());
    assertEquals(5, lines.size(), text.out());
  }

  @Test
  void bench_longerThanTheContext_isRefusedInOneLine() {
    String line =
        CommandRun.of("bench", MODEL, "--prompt", 100_000, "--warm-up", 0)
            .expect(ExitStatus.REFUSED)
            .errorLine();
    assertTrue(line.contains("contextLimit"), line);
    assertTrue(line.contains(MODEL.toString()), line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--prompt=-1",
        "--gen=x",
        "--threads=0",
        "--repeat=0",
        "--warm-up=-1",
        "--warm-up=NaN",
        "--warm-up=Infinity",
        "--threads=1,-1",
        "--repeat=2147483648",
        "--engine=guest"
      })
  void bench_optionOutOfRange_isAUsageError(String option) {
    CommandRun run = CommandRun.of("bench", MODEL, option).expect(ExitStatus.USAGE);
    run.errorLine();
    assertEquals("", run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "100000, 0, 0, 0",
    "2147483647, 0, 0, 0",
    "0, 2147483647, 0, 0",
    "0, 0, 2147483647, 0",
    "0, 0, 0, 2147483647"
  })
  void bench_moreTokensThanTheContext_isRefused(int prompt, int gen, int verify, int trace) {
    CommandRun run =
        CommandRun.of(
            "bench",
            MODEL,
            "--prompt=" + prompt,
            "--gen=" + gen,
            "--verify=" + verify,
            "--trace=" + trace,
            "--repeat=1",
            "--warm-up=0");
    String line = run.expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("contextLimit"), line);
  }
}
