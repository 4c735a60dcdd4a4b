package dev.opml.vm.graph;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.DecoderLayer.HeadWeights;
import dev.opml.vm.graph.Slices.Slice;
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
  private final NodeTable.Builder table;
  private int layer;

  /**
   * A graph to be built.
   *
   * @param ropeTables address of the constants of each rotary embedding of the model
   */
  DecoderGraph(DecoderModel model, int contextLimit, Map<RopeAngles, Long> ropeTables) {
    this.model = model;
    this.shape = model.shape();
    this.contextLimit = contextLimit;
    this.layout = StateLayout.of(shape, model.layers().size(), contextLimit);
    this.ropeTables = ropeTables;
    table = new NodeTable.Builder(contextLimit);
  }

  /** Builds the node table; only once. */
  NodeTable table() {
    int width = shape.embeddingLength();
    table.add(new Embed(width, model.embedding(), 1, layout.x()));
    for (DecoderLayer each : model.layers()) {
      table.layer(layer);
      table.add(norm(each.attentionNorm()));
      heads(each);
      attention(each);
      output(
          shape.queryLength(),
          each.attentionOutput(),
          each.attentionOutputBias(),
          layout.attended());
      table.add(norm(each.feedForwardNorm()));
      gated(each);
      output(shape.feedForwardLength(), each.down(), each.downBias(), layout.hidden());
      layer++;
    }
    table.layer(-1);
    table.addSampled(norm(model.outputNorm()));
    for (Slice slice : Slices.rows(shape.vocabularySize(), width, List.of(model.output()))) {
      table.addSampled(
          Project.plain(
              width,
              slice.first(),
              slice.count(),
              model.output(),
              layout.normed(),
              layout.logits()));
    }
    table.addSampled(new Sample(shape.vocabularySize(), layout.logits()));
    return table.build(layout.end());
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
      table.add(
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
              stride));
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
      table.add(
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
              layout.cacheStride()));
    }
  }

  private void gated(DecoderLayer each) {
    int width = shape.embeddingLength();
    for (Slice slice :
        Slices.rows(shape.feedForwardLength(), width, List.of(each.gate(), each.up()))) {
      table.add(
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
              0));
    }
  }

  /** The end of a block, added to the residual stream. */
  private void output(int columns, Weight matrix, long bias, long in) {
    for (Slice slice : Slices.rows(shape.embeddingLength(), columns, List.of(matrix))) {
      table.add(
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
              layout.x()));
    }
  }
}
