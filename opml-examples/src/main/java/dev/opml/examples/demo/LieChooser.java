package dev.opml.examples.demo;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.OutputRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.NodeIndex;
import dev.opml.testing.Lie;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Span;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Draws lies about a run. Every node that is not the identity can be hit. */
final class LieChooser {
  private final List<GraphRow> rows;
  private final GraphHeader header;
  private final int firstSampled;
  private final TokenIds truth;
  private final RandomGenerator random;

  /**
   * Creates a chooser.
   *
   * @param truth the tokens that the request generates
   * @param random the only source of chance
   */
  LieChooser(GraphRegion graph, InferenceRequest request, TokenIds truth, RandomGenerator random) {
    this.rows = graph.rows();
    this.header = graph.header();
    this.firstSampled = request.firstSampledPosition();
    this.truth = truth;
    this.random = random;
  }

  /**
   * A lie. It changes memory after its node, but may be without consequence: what it changed can be
   * overwritten before the end.
   */
  Lie next(Cheat cheat) {
    return switch (cheat) {
      case TOKEN -> aboutToken(random.nextInt(truth.size()));
      case NODE -> aboutWord(false);
      case RANDOM -> aboutWord(true);
    };
  }

  private Lie aboutToken(int index) {
    int wrong = random.nextInt(header.vocabularySize() - 1);
    wrong += wrong >= truth.get(index) ? 1 : 0;
    int position = firstSampled + index;
    return new Lie(
        node(position, rows.size() - 1), OutputRegion.addressOf(index), wrong ^ truth.get(index));
  }

  private Lie aboutWord(boolean anything) {
    int position = random.nextInt(firstSampled + truth.size());
    int[] candidates =
        IntStream.range(0, rows.size())
            .filter(r -> !rows.get(r).sampled() || position >= firstSampled)
            .filter(r -> anything || writesVector(rows.get(r)))
            .toArray();
    int chosen = candidates[random.nextInt(candidates.length)];
    List<Span> written = rows.get(chosen).operation().writes();
    if (written.isEmpty()) {
      return aboutToken(position - firstSampled);
    }
    Span span = written.get(random.nextInt(written.size()));
    long word = random.nextLong(span.bytes() / Integer.BYTES);
    return new Lie(
        node(position, chosen),
        span.start(position) + Integer.BYTES * word,
        1 << random.nextInt(Integer.SIZE));
  }

  private static boolean writesVector(GraphRow row) {
    List<Span> written = row.operation().writes();
    return !written.isEmpty() && written.stream().noneMatch(Span::cached);
  }

  private NodeIndex node(int position, int row) {
    return NodeIndex.of(position, row, header.nodesPerToken());
  }
}
