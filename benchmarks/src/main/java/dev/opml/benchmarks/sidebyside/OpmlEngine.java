package dev.opml.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * This engine, as {@code opml bench} measures it: warmed up, and without hashing.
 *
 * @param program the {@code opml} script
 * @param warmUpSeconds how long each test runs before
 */
record OpmlEngine(Path program, int warmUpSeconds) implements Engine {
  @Override
  public String name() {
    return "opML";
  }

  @Override
  public List<String> command(Workload workload) {
    return workload.command(
        program.toString(),
        "bench",
        workload.model().toString(),
        "--json",
        "--warm-up=" + warmUpSeconds);
  }

  @Override
  public Speeds measure(Workload workload) throws IOException, InterruptedException {
    return parse(ChildProcess.output(command(workload)));
  }

  /** Reads what {@code opml bench --json} prints for one size each. */
  static Speeds parse(String json) throws IOException {
    JsonNode tests = new JsonMapper().readTree(json).required("tests");
    return new Speeds(median(tests, "pp"), median(tests, "tg"));
  }

  private static double median(JsonNode tests, String kind) throws IOException {
    for (JsonNode test : tests) {
      if (test.required("kind").asText().equals(kind)) {
        return test.required("median").doubleValue();
      }
    }
    throw new IOException("opml bench did not measure " + kind);
  }
}
