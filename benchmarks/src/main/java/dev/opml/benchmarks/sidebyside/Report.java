package dev.opml.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.benchmarks.Median;
import dev.opml.benchmarks.sidebyside.Comparison.Figure;
import dev.opml.benchmarks.sidebyside.Comparison.Row;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Comparisons as a Markdown table and as JSON. */
final class Report {
  private Report() {}

  /** Head of the table. */
  static String markdownHead(List<Engine> engines) {
    String columns =
        Stream.concat(
                Stream.of("model | test | threads | " + engines.getFirst().name()),
                engines.stream().skip(1).map(engine -> engine.name() + " | ratio (min–max)"))
            .collect(Collectors.joining(" | ", "| ", " |\n"));
    return columns + "|---|---|--:|--:" + "|--:|--:".repeat(engines.size() - 1) + "|\n";
  }

  /** Rows of the table: medians, and the median of the ratios with their range. */
  static String markdownRows(Comparison comparison) {
    return comparison.rows().stream()
        .map(row -> markdown(comparison.workload(), row))
        .collect(Collectors.joining());
  }

  private static String markdown(Workload workload, Row row) {
    StringBuilder line =
        new StringBuilder(
            "| %s | %s | %d | %.1f"
                .formatted(
                    workload.model().getFileName(),
                    row.test(),
                    workload.threads(),
                    row.figures().getFirst().median()));
    for (Figure other : row.figures().subList(1, row.figures().size())) {
      List<Double> ratios = other.ratios();
      line.append(
          " | %.1f | %.2f (%.2f–%.2f)"
              .formatted(
                  other.median(),
                  Median.of(ratios),
                  Collections.min(ratios),
                  Collections.max(ratios)));
    }
    return line.append(" |\n").toString();
  }

  /** An object for each test of each comparison. */
  static ArrayNode json(List<Comparison> comparisons) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Comparison comparison : comparisons) {
      for (Row row : comparison.rows()) {
        ObjectNode test =
            all.addObject()
                .put("model", comparison.workload().model().toString())
                .put("test", row.test())
                .put("threads", comparison.workload().threads());
        row.figures().forEach(figure -> put(figure, test.withArray("engines").addObject()));
      }
    }
    return all;
  }

  private static void put(Figure figure, ObjectNode target) {
    target.put("engine", figure.engine()).put("median", figure.median());
    put("samples", figure.samples(), target);
    put("ratios", figure.ratios(), target);
    target
        .put("ratio", Median.of(figure.ratios()))
        .put("leastRatio", Collections.min(figure.ratios()))
        .put("mostRatio", Collections.max(figure.ratios()));
  }

  private static void put(String field, List<Double> values, ObjectNode target) {
    ArrayNode array = target.putArray(field);
    values.forEach(array::add);
  }
}
