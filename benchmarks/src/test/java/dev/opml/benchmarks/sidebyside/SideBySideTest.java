package dev.opml.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class SideBySideTest {
  private static final Workload WORKLOAD = new Workload(Path.of("a/m.gguf"), 8, 4, 2, 1);

  @Test
  void parse_opmlBench_takesTheMedians() throws IOException {
    String json =
        """
        {"tests": [{"kind": "pp", "median": 2.5, "samples": [1, 2.5, 9]},
                   {"kind": "tg", "median": 1.5, "samples": [1.5]}]}
        """;
    assertEquals(new Speeds(2.5, 1.5), OpmlEngine.parse(json));
    assertThrows(IOException.class, () -> OpmlEngine.parse("{\"tests\": []}"));
  }

  @Test
  void parse_llamaBench_takesTheMedians() throws IOException {
    String json =
        """
        [{"n_prompt": 8, "n_gen": 0, "samples_ts": [4, 1, 3]},
         {"n_prompt": 0, "n_gen": 4, "samples_ts": [1, 2]}]
        """;
    assertEquals(new Speeds(3, 1.5), LlamaBenchEngine.parse(json));
    assertThrows(IOException.class, () -> LlamaBenchEngine.parse("[]"));
  }

  @Test
  void parse_llama3_findsItsLineOfFigures() throws IOException {
    String output =
        "WARNING: x\n\ncontext: 193/192 prompt: 13.94 tokens/s (124) generation: 6.30 tokens/s (69)";
    assertEquals(new Speeds(13.94, 6.3), Llama3Engine.parse(output));
    assertThrows(IOException.class, () -> Llama3Engine.parse("no such file"));
  }

  @Test
  void measure_enginesTakeTurns_andRatiosAreOfRounds() throws Exception {
    List<String> order = new ArrayList<>();
    Engine ours = engine("ours", order, new Speeds(2, 8), new Speeds(4, 8), new Speeds(9, 8));
    Engine other = engine("other", order, new Speeds(1, 8), new Speeds(8, 16), new Speeds(3, 4));
    Comparison comparison = Comparison.measure(WORKLOAD, List.of(ours, other), 3);
    assertEquals(List.of("ours", "other", "ours", "other", "ours", "other"), order);
    assertEquals(
        """
        | model | test | threads | ours | other | ratio (min–max) |
        |---|---|--:|--:|--:|--:|
        | m.gguf | pp 8 | 2 | 4.0 | 3.0 | 2.00 (0.50–3.00) |
        | m.gguf | tg 4 | 2 | 8.0 | 8.0 | 1.00 (0.50–2.00) |
        """,
        Report.markdownHead(List.of(ours, other)) + Report.markdownRows(comparison));
    JsonNode json = Report.json(List.of(comparison));
    assertEquals(2, json.size());
    assertEquals("pp 8", json.at("/0/test").textValue());
    assertEquals("other", json.at("/0/engines/1/engine").textValue());
    assertEquals("[1.0,8.0,3.0]", json.at("/0/engines/1/samples").toString());
    assertEquals("[2.0,0.5,3.0]", json.at("/0/engines/1/ratios").toString());
    assertEquals(2.0, json.at("/0/engines/1/ratio").doubleValue());
  }

  @Test
  void measure_oneEngine_hasNoRatioColumn() throws Exception {
    Engine ours = engine("ours", new ArrayList<>(), new Speeds(2, 8));
    Comparison comparison = Comparison.measure(WORKLOAD, List.of(ours), 1);
    assertEquals(
        """
        | model | test | threads | ours |
        |---|---|--:|--:|
        | m.gguf | pp 8 | 2 | 2.0 |
        | m.gguf | tg 4 | 2 | 8.0 |
        """,
        Report.markdownHead(List.of(ours)) + Report.markdownRows(comparison));
  }

  @Test
  void measure_programThatFails_saysSo() {
    IOException e =
        assertThrows(
            IOException.class, () -> new OpmlEngine(Path.of("false"), 0).measure(WORKLOAD));
    assertTrue(e.getMessage().contains("status 1"), e.getMessage());
  }

  @Test
  void cost_program_takesTimeAndMemory() throws Exception {
    ChildProcess.Cost cost = ChildProcess.cost(List.of("sleep", "0.1"));
    assertTrue(cost.seconds() >= 0.1 && cost.anonymousBytes() >= 0, cost.toString());
    assertThrows(IOException.class, () -> ChildProcess.cost(List.of("false")));
  }

  private static Engine engine(String name, List<String> order, Speeds... results) {
    Iterator<Speeds> next = List.of(results).iterator();
    return new Engine() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<String> command(Workload workload) {
        throw new AssertionError("not a program");
      }

      @Override
      public Speeds measure(Workload workload) {
        order.add(name);
        return next.next();
      }
    };
  }
}
