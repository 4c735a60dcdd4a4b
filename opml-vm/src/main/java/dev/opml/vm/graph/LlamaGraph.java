package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Slices.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the node table of a LLaMA-architecture model: embedding; per layer norm, q/k/v, attention,
 * output projection, norm, gated feed-forward, down projection; then final norm, output matrix,
 * sampler.
 */
final class LlamaGraph {
  private static final int FLOATS_PER_LEAF = MemoryRegion.LEAF_SIZE / 4;
  private static final int HALVES_PER_LEAF = MemoryRegion.LEAF_SIZE / 2;

  private final LlamaConfig config;
  private final LlamaTensors tensors;
  private final int contextLimit;
  private final StateLayout layout;
  private final long ropeTable;
  private final List<GraphRow> rows = new ArrayList<>();

  private LlamaGraph(LlamaConfig config, LlamaTensors tensors, int contextLimit, long ropeTable) {
    this.config = config;
    this.tensors = tensors;
    this.contextLimit = contextLimit;
    this.layout = StateLayout.of(config, contextLimit);
    this.ropeTable = ropeTable;
  }

  /**
   * The rows of a model, in execution order.
   *
   * @param ropeTable address of the rotary embedding's constants
   */
  static List<GraphRow> rows(
      LlamaConfig config, LlamaTensors tensors, int contextLimit, long ropeTable) {
    LlamaGraph graph = new LlamaGraph(config, tensors, contextLimit, ropeTable);
    graph.addAll();
    return List.copyOf(graph.rows);
  }

  private void addAll() {
    int width = config.embeddingLength();
    requireBound(InstructionBounds.elementWise(width));
    rows.add(
        GraphRow.of(Operator.EMBED)
            .vector(width, 0, layout.x())
            .weights(tensors.embedding(), Weight.NONE, Weight.NONE)
            .build());
    for (int layer = 0; layer < config.layers(); layer++) {
      norm(tensors.layer(layer, "attn_norm"), false);
      queryKeyValue(layer);
      attention(layer);
      matrixAdd(tensors.layer(layer, "attn_output"), config.queryLength(), layout.attended());
      norm(tensors.layer(layer, "ffn_norm"), false);
      gateUp(layer);
      matrixAdd(tensors.layer(layer, "ffn_down"), config.feedForwardLength(), layout.hidden());
    }
    norm(tensors.outputNorm(), true);
    output();
    requireBound(InstructionBounds.sample(config.vocabularySize()));
    rows.add(
        GraphRow.of(Operator.SAMPLE)
            .sampled(true)
            .vector(config.vocabularySize(), layout.logits(), 0)
            .build());
  }

  private void norm(Weight weight, boolean sampled) {
    rows.add(
        GraphRow.of(Operator.RMS_NORM)
            .sampled(sampled)
            .vector(config.embeddingLength(), layout.x(), layout.normed())
            .weights(weight, Weight.NONE, Weight.NONE)
            .constant(config.normEpsilon())
            .build());
  }

  /** One node if it fits, else nodes for queries first, then nodes for keys and values. */
  private void queryKeyValue(int layer) {
    Weight q = tensors.layer(layer, "attn_q");
    Weight k = tensors.layer(layer, "attn_k");
    Weight v = tensors.layer(layer, "attn_v");
    int width = config.embeddingLength();
    long fixed = 2 * InstructionBounds.activations(width);
    long queryHead = config.headDim() * InstructionBounds.matrixRow(q.type(), width);
    long keyHead =
        config.headDim()
            * (InstructionBounds.matrixRow(k.type(), width)
                + InstructionBounds.matrixRow(v.type(), width));
    if (fixed + config.heads() * queryHead + config.kvHeads() * keyHead
        <= InstructionBounds.NODE_LIMIT) {
      Slice allQueries = new Slice(0, config.heads());
      queryKeyValue(layer, q, k, v, allQueries, new Slice(0, config.kvHeads()));
      return;
    }
    int queryGranule = Slices.headGranule(config.headDim(), FLOATS_PER_LEAF);
    for (Slice slice : Slices.cut(config.heads(), queryGranule, fixed, queryHead)) {
      queryKeyValue(layer, q, k, v, slice, new Slice(0, 0));
    }
    int keyGranule = Slices.headGranule(config.headDim(), HALVES_PER_LEAF);
    for (Slice slice : Slices.cut(config.kvHeads(), keyGranule, fixed, keyHead)) {
      queryKeyValue(layer, q, k, v, new Slice(0, 0), slice);
    }
  }

  private void queryKeyValue(int layer, Weight q, Weight k, Weight v, Slice queries, Slice keys) {
    rows.add(
        headed(Operator.QKV, layer)
            .vector(config.embeddingLength(), layout.normed(), layout.query())
            .range(queries.first(), queries.count())
            .kvRange(keys.first(), keys.count())
            .weights(q, k, v)
            .rope(ropeTable, config.ropeDim())
            .build());
  }

  private void attention(int layer) {
    int granule = Slices.headGranule(config.headDim(), FLOATS_PER_LEAF);
    long head = InstructionBounds.attentionHead(config.headDim(), contextLimit);
    for (Slice slice : Slices.cut(config.heads(), granule, 0, head)) {
      rows.add(
          headed(Operator.ATTENTION, layer)
              .vector(config.queryLength(), layout.query(), layout.attended())
              .range(slice.first(), slice.count())
              .constant((float) (1 / Math.sqrt(config.headDim())))
              .build());
    }
  }

  private GraphRow.Builder headed(Operator operator, int layer) {
    return GraphRow.of(operator)
        .aux(layout.cache(layer))
        .heads(
            config.headDim(),
            config.heads() / config.kvHeads(),
            layout.cacheStride(),
            layout.valueOffset());
  }

  private void matrixAdd(Weight weight, int columns, long in) {
    for (Slice slice : matrixSlices(config.embeddingLength(), columns, weight)) {
      rows.add(
          GraphRow.of(Operator.MATMUL_ADD)
              .vector(columns, in, layout.x())
              .aux(layout.x())
              .range(slice.first(), slice.count())
              .weights(weight, Weight.NONE, Weight.NONE)
              .build());
    }
  }

  private void gateUp(int layer) {
    Weight gate = tensors.layer(layer, "ffn_gate");
    Weight up = tensors.layer(layer, "ffn_up");
    for (Slice slice :
        matrixSlices(config.feedForwardLength(), config.embeddingLength(), gate, up)) {
      rows.add(
          GraphRow.of(Operator.GATE_UP)
              .vector(config.embeddingLength(), layout.normed(), layout.hidden())
              .range(slice.first(), slice.count())
              .weights(gate, up, Weight.NONE)
              .build());
    }
  }

  private void output() {
    Weight weight = tensors.output();
    for (Slice slice : matrixSlices(config.vocabularySize(), config.embeddingLength(), weight)) {
      rows.add(
          GraphRow.of(Operator.MATMUL)
              .sampled(true)
              .vector(config.embeddingLength(), layout.normed(), layout.logits())
              .range(slice.first(), slice.count())
              .weights(weight, Weight.NONE, Weight.NONE)
              .build());
    }
  }

  private static List<Slice> matrixSlices(int outputs, int columns, Weight... weights) {
    long fixed = weights.length * InstructionBounds.activations(columns);
    long row = 0;
    for (Weight weight : weights) {
      row += InstructionBounds.matrixRow(weight.type(), columns);
    }
    return Slices.cut(outputs, FLOATS_PER_LEAF, fixed, row);
  }

  /** For operators that cannot be cut. */
  private static void requireBound(long instructions) {
    if (instructions > InstructionBounds.NODE_LIMIT) {
      throw new LimitExceededException(
          "nodeInstructions", InstructionBounds.NODE_LIMIT, instructions);
    }
  }
}
