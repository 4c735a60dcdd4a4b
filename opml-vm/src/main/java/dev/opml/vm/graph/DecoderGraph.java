package dev.opml.vm.graph;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.DecoderLayer.BlockOutput;
import dev.opml.vm.graph.DecoderLayer.Gated;
import dev.opml.vm.graph.DecoderLayer.HeadWeights;
import dev.opml.vm.graph.DecoderLayer.SelfAttention;
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
    table.add(new Embed(width, model.embedding(), model.embeddingScale(), layout.x()));
    for (DecoderLayer each : model.layers()) {
      table.layer(layer);
      table.add(norm(each.attentionNorm()));
      heads(each.attention());
      attention(each.attention());
      output(shape.queryLength(), each.attentionOutput(), layout.attended());
      table.add(norm(each.feedForwardNorm()));
      gated(each.gated());
      output(shape.feedForwardLength(), each.gatedOutput(), layout.hidden());
      layer++;
    }
    table.layer(-1);
    table.addSampled(norm(model.outputNorm()));
    for (Slice slice : Slices.rows(shape.vocabularySize(), width, List.of(model.output()))) {
      table.addSampled(
          new Project(
              width,
              slice.first(),
              slice.count(),
              model.output(),
              0,
              Activation.NONE,
              Weight.NONE,
              0,
              model.logitScale(),
              model.logitCap(),
              layout.normed(),
              layout.logits(),
              0));
    }
    table.addSampled(new Sample(shape.vocabularySize(), layout.logits()));
    return table.build(layout.end());
  }

  private Norm norm(long weight) {
    return new Norm(
        shape.embeddingLength(), weight, model.normEpsilon(), layout.x(), layout.normed(), 0);
  }

  private void heads(SelfAttention each) {
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

  private void attention(SelfAttention each) {
    int headDim = shape.headDim();
    int granule = Slices.headGranule(headDim, FLOATS_PER_LEAF);
    long head = Attention.head(headDim, each.window(), each.cap() != 0, contextLimit);
    for (Slice slice : Slices.cut(shape.heads(), granule, 0, head)) {
      table.add(
          new Attention(
              shape.queryLength(),
              slice.first(),
              slice.count(),
              headDim,
              shape.heads() / shape.kvHeads(),
              each.window(),
              each.scale(),
              each.cap(),
              layout.query(),
              layout.attended(),
              layout.cache(layer),
              layout.cache(layer) + layout.valueOffset(),
              layout.cacheStride()));
    }
  }

  private void gated(Gated each) {
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
  private void output(int columns, BlockOutput each, long in) {
    boolean normed = each.norm() != 0;
    for (Slice slice : Slices.rows(shape.embeddingLength(), columns, List.of(each.matrix()))) {
      table.add(
          new Project(
              columns,
              slice.first(),
              slice.count(),
              each.matrix(),
              each.bias(),
              Activation.NONE,
              Weight.NONE,
              0,
              each.scale(),
              0,
              in,
              normed ? layout.normed() : layout.x(),
              normed ? 0 : layout.x()));
    }
    if (normed) {
      table.add(
          new Norm(
              shape.embeddingLength(),
              each.norm(),
              model.normEpsilon(),
              layout.normed(),
              layout.x(),
              layout.x()));
    }
  }
}
