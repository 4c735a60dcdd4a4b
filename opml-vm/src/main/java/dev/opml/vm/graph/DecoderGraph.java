package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.DecoderLayer.HeadWeights;
import dev.opml.vm.graph.Slices.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Builds the node table of a decoder-only model: embedding; per layer norm, queries, keys, values,
 * attention, its output, norm, gated feed-forward, its output; then final norm, output matrix,
 * sampler.
 */
final class DecoderGraph {
  private static final int FLOATS_PER_LEAF = MemoryRegion.LEAF_SIZE / 4;
  private static final int HALVES_PER_LEAF = MemoryRegion.LEAF_SIZE / 2;

  private final DecoderModel model;
  private final DecoderShape shape;
  private final int contextLimit;
  private final StateLayout layout;
  private final Map<RopeAngles, Long> ropeTables;
  private final List<GraphRow> rows = new ArrayList<>();
  private final List<Integer> layers = new ArrayList<>();
  private int layer = -1;

  private DecoderGraph(DecoderModel model, int contextLimit, Map<RopeAngles, Long> ropeTables) {
    this.model = model;
    this.shape = model.shape();
    this.contextLimit = contextLimit;
    this.layout = StateLayout.of(shape, model.layers().size(), contextLimit);
    this.ropeTables = ropeTables;
  }

  /**
   * Rows in execution order, and the layer of each.
   *
   * @param rows the node table
   * @param layers layers that rows belong to, from 0; -1 for rows around the layers
   */
  record Table(List<GraphRow> rows, List<Integer> layers) {}

  /**
   * The rows of a model.
   *
   * @param ropeTables address of the constants of each rotary embedding of the model
   */
  static Table table(DecoderModel model, int contextLimit, Map<RopeAngles, Long> ropeTables) {
    DecoderGraph graph = new DecoderGraph(model, contextLimit, ropeTables);
    graph.addAll();
    return new Table(List.copyOf(graph.rows), List.copyOf(graph.layers));
  }

  private void add(GraphRow row) {
    long instructions = row.operation().instructions(contextLimit);
    if (instructions > InstructionBounds.NODE_LIMIT) {
      throw new LimitExceededException(
          "nodeInstructions", InstructionBounds.NODE_LIMIT, instructions);
    }
    rows.add(row);
    layers.add(layer);
  }

  private void addAll() {
    int width = shape.embeddingLength();
    add(GraphRow.always(new Embed(width, model.embedding(), 1, layout.x())));
    for (DecoderLayer each : model.layers()) {
      layer++;
      add(GraphRow.always(norm(each.attentionNorm())));
      heads(each);
      attention(each);
      output(
          shape.queryLength(),
          each.attentionOutput(),
          each.attentionOutputBias(),
          layout.attended());
      add(GraphRow.always(norm(each.feedForwardNorm())));
      gated(each);
      output(shape.feedForwardLength(), each.down(), each.downBias(), layout.hidden());
    }
    layer = -1;
    add(GraphRow.sampled(norm(model.outputNorm())));
    for (Slice slice : slices(shape.vocabularySize(), width, List.of(model.output()))) {
      add(
          GraphRow.sampled(
              Project.plain(
                  width,
                  slice.first(),
                  slice.count(),
                  model.output(),
                  layout.normed(),
                  layout.logits())));
    }
    add(GraphRow.sampled(new Sample(shape.vocabularySize(), layout.logits())));
  }

  private Norm norm(long weight) {
    return new Norm(
        shape.embeddingLength(), weight, model.normEpsilon(), layout.x(), layout.normed(), 0);
  }

  private void heads(DecoderLayer each) {
    Rotary rotary = rotary(each.rope());
    long keys = layout.cache(layer);
    long values = keys + layout.valueOffset();
    int stride = layout.cacheStride();
    heads(each.query(), shape.heads(), FLOATS_PER_LEAF, rotary, layout.query(), 0);
    heads(each.key(), shape.kvHeads(), HALVES_PER_LEAF, rotary, keys, stride);
    heads(each.value(), shape.kvHeads(), HALVES_PER_LEAF, Rotary.NONE, values, stride);
  }

  private void heads(
      HeadWeights weights, int count, int elementsPerLeaf, Rotary rotary, long out, int stride) {
    int width = shape.embeddingLength();
    int granule = Slices.headGranule(shape.headDim(), elementsPerLeaf);
    long fixed = InstructionBounds.activations(width);
    long head = Heads.head(width, shape.headDim(), weights.matrix());
    for (Slice slice : Slices.cut(count, granule, fixed, head)) {
      add(
          GraphRow.always(
              new Heads(
                  width,
                  slice.first(),
                  slice.count(),
                  shape.headDim(),
                  weights.matrix(),
                  weights.bias(),
                  weights.norm(),
                  weights.norm() == 0 ? 0 : model.normEpsilon(),
                  rotary,
                  layout.normed(),
                  out,
                  stride)));
    }
  }

  private Rotary rotary(RopeAngles angles) {
    return angles.dimension() == 0
        ? Rotary.NONE
        : new Rotary(
            Objects.requireNonNull(ropeTables.get(angles)), angles.dimension(), angles.pairing());
  }

  private void attention(DecoderLayer each) {
    int headDim = shape.headDim();
    int granule = Slices.headGranule(headDim, FLOATS_PER_LEAF);
    long head = Attention.head(headDim, each.window(), false, contextLimit);
    for (Slice slice : Slices.cut(shape.heads(), granule, 0, head)) {
      add(
          GraphRow.always(
              new Attention(
                  shape.queryLength(),
                  slice.first(),
                  slice.count(),
                  headDim,
                  shape.heads() / shape.kvHeads(),
                  each.window(),
                  (float) (1 / Math.sqrt(headDim)),
                  0,
                  layout.query(),
                  layout.attended(),
                  layout.cache(layer),
                  layout.cache(layer) + layout.valueOffset(),
                  layout.cacheStride())));
    }
  }

  private void gated(DecoderLayer each) {
    int width = shape.embeddingLength();
    for (Slice slice : slices(shape.feedForwardLength(), width, List.of(each.gate(), each.up()))) {
      add(
          GraphRow.always(
              new Project(
                  width,
                  slice.first(),
                  slice.count(),
                  each.gate(),
                  each.gateBias(),
                  each.activation(),
                  each.up(),
                  each.upBias(),
                  1,
                  0,
                  layout.normed(),
                  layout.hidden(),
                  0)));
    }
  }

  /** The end of a block, added to the residual stream. */
  private void output(int columns, Weight matrix, long bias, long in) {
    for (Slice slice : slices(shape.embeddingLength(), columns, List.of(matrix))) {
      add(
          GraphRow.always(
              new Project(
                  columns,
                  slice.first(),
                  slice.count(),
                  matrix,
                  bias,
                  Activation.NONE,
                  Weight.NONE,
                  0,
                  1,
                  0,
                  in,
                  layout.x(),
                  layout.x())));
    }
  }

  private static List<Slice> slices(int outputs, int columns, List<Weight> matrices) {
    long fixed = matrices.size() * InstructionBounds.activations(columns);
    return Slices.cut(outputs, FLOATS_PER_LEAF, fixed, Project.row(columns, matrices, 1));
  }
}
