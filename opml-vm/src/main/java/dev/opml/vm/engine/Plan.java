package dev.opml.vm.engine;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Attention;
import dev.opml.vm.graph.Bytes;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Norm;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.graph.Rotary;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.arithmetic.Rotation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of a node table with the kernels that run them. Immutable and shared by sessions. */
final class Plan {
  private static final int ROPE_ENTRY = 8;

  private final Kernels kernels;
  private final Buffers buffers;
  private final Caches caches;
  private final Weights weights;
  private final MemorySegment graph;
  private final GraphHeader header;
  private final Map<Rotary, Rotation> rotations = new HashMap<>();
  private final List<Step> single = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();

  /**
   * Consecutive rows that run as one.
   *
   * @param step runs them
   * @param rows their number
   */
  record Stage(Step step, int rows) {}

  /**
   * Prepares a node table.
   *
   * @param graph the graph region's bytes, from its base
   */
  Plan(
      Kernels kernels,
      List<GraphRow> rows,
      Buffers buffers,
      Caches caches,
      Weights weights,
      MemorySegment graph,
      GraphHeader header) {
    this.kernels = kernels;
    this.buffers = buffers;
    this.caches = caches;
    this.weights = weights;
    this.graph = graph;
    this.header = header;
    for (GraphRow row : rows) {
      single.add(step(row));
    }
    for (int row = 0; row < rows.size(); row++) {
      List<MatrixOperation> together = IndependentProducts.from(rows, row);
      stages.add(together.size() <= 1 ? row(row) : new Stage(product(together), together.size()));
    }
  }

  /** The step of one row. */
  Stage row(int row) {
    return new Stage(single.get(row), 1);
  }

  /** The step of a row and of all rows after it that can run with it. */
  Stage stage(int row) {
    return stages.get(row);
  }

  private Step step(GraphRow row) {
    return switch (row.operation()) {
      case Bytes bytes -> new BytesStep(kernels, bytes, buffers);
      case Embed embed -> new EmbedStep(kernels, embed, header.vocabularySize(), buffers, weights);
      case Norm norm -> new NormStep(kernels, norm, buffers, weights);
      case MatrixOperation operation -> product(List.of(operation));
      case Attention attention -> new AttentionStep(kernels, attention, buffers);
      case Sample sample -> new SampleStep(sample, buffers);
    };
  }

  /** Rows that multiply the same vector. */
  private Step product(List<MatrixOperation> operations) {
    MatrixOperation any = operations.getFirst();
    List<ProductPart> parts = operations.stream().map(this::part).toList();
    return new ProductStep(kernels, buffers.at(any.in()), any.n(), parts);
  }

  private ProductPart part(MatrixOperation operation) {
    return switch (operation) {
      case Heads heads when heads.cached() ->
          new CachePart(kernels, heads, caches.place(heads), weights, rotation(heads.rotary()));
      case Heads heads -> new QueryPart(kernels, heads, buffers, weights, rotation(heads.rotary()));
      case Project project -> new ProjectPart(kernels, project, buffers, weights);
    };
  }

  private @Nullable Rotation rotation(Rotary rotary) {
    return rotary.dimension() == 0 ? null : rotations.computeIfAbsent(rotary, this::read);
  }

  private Rotation read(Rotary rotary) {
    long bytes = (long) ROPE_ENTRY * (rotary.dimension() / 2) * header.contextLimit();
    if (rotary.table() % Float.BYTES != 0) {
      throw new IllegalArgumentException("table at 0x%x".formatted(rotary.table()));
    }
    MemorySegment table = graph.asSlice(rotary.table() - MemoryRegion.GRAPH.base(), bytes);
    return new Rotation(
        table,
        header.contextLimit(),
        rotary.dimension(),
        rotary.pairing() == RopePairing.INTERLEAVED);
  }
}
