package dev.opml.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.opml.benchmarks.Median;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * llama.cpp, as its llama-bench measures it: after a run to warm up.
 *
 * @param program the {@code llama-bench} program
 * @see <a
 *     href="https://github.com/ggml-org/llama.cpp/tree/master/tools/llama-bench">llama-bench</a>
 */
record LlamaBenchEngine(Path program) implements Engine {
  @Override
  public String name() {
    return "llama.cpp";
  }

  @Override
  public List<String> command(Workload workload) {
    return workload.command(program.toString(), "-m", workload.model().toString(), "-o", "json");
  }

  @Override
  public Speeds measure(Workload workload) throws IOException, InterruptedException {
    return parse(ChildProcess.output(command(workload)));
  }

  /** Reads what {@code llama-bench -o json} prints for one size each. */
  static Speeds parse(String json) throws IOException {
    JsonNode tests = new JsonMapper().readTree(json);
    return new Speeds(median(tests, "n_prompt"), median(tests, "n_gen"));
  }

  private static double median(JsonNode tests, String size) throws IOException {
    for (JsonNode test : tests) {
      if (test.required(size).intValue() > 0) {
        return Median.of(
            StreamSupport.stream(test.required("samples_ts").spliterator(), false)
                .map(JsonNode::doubleValue)
                .toList());
      }
    }
    throw new IOException("llama-bench has no test with " + size);
  }
}
