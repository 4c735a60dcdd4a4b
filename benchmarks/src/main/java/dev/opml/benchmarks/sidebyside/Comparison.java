package dev.opml.benchmarks.sidebyside;

import dev.opml.benchmarks.Median;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A workload and what each engine made of it, round by round.
 *
 * @param workload what the engines were asked to do
 * @param rounds for each engine, by name, one measurement a round; the first engine is this one
 */
record Comparison(Workload workload, Map<String, List<Speeds>> rounds) {
  /** A test of a workload, with each engine's figures. */
  record Row(String test, List<Figure> figures) {}

  /**
   * An engine's speed in a test.
   *
   * @param samples tokens a second, one a round
   * @param ratios this engine's speed divided by that of the engine named, round by round
   */
  record Figure(String engine, List<Double> samples, List<Double> ratios) {
    double median() {
      return Median.of(samples);
    }
  }

  /** Runs a workload on each engine in turn, round after round. */
  static Comparison measure(Workload workload, List<Engine> engines, int rounds)
      throws IOException, InterruptedException {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, got " + rounds);
    }
    Map<String, List<Speeds>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Engine engine : engines) {
        all.computeIfAbsent(engine.name(), name -> new ArrayList<>()).add(engine.measure(workload));
      }
    }
    return new Comparison(workload, all);
  }

  /** Prefill and generating. */
  List<Row> rows() {
    return List.of(
        row("pp " + workload.prompt(), Speeds::prefill),
        row("tg " + workload.generated(), Speeds::generating));
  }

  private Row row(String test, Function<Speeds, Double> speed) {
    List<Figure> figures = new ArrayList<>();
    rounds.forEach((engine, measured) -> {
      List<Double> samples = measured.stream().map(speed).toList();
      List<Double> own = figures.isEmpty() ? samples : figures.getFirst().samples();
      List<Double> ratios =
          IntStream.range(0, samples.size())
              .mapToObj(round -> own.get(round) / samples.get(round))
              .toList();
      figures.add(new Figure(engine, samples, ratios));
    });
    return new Row(test, figures);
  }
}
