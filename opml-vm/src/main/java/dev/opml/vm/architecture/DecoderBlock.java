package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderLayer.BlockOutput;
import dev.opml.vm.graph.DecoderLayer.Gated;
import dev.opml.vm.graph.DecoderLayer.HeadWeights;
import dev.opml.vm.graph.DecoderLayer.SelfAttention;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopeAngles;

/** The tensors of one layer, by their roles. */
final class DecoderBlock {
  private final SourceFile file;
  private final DecoderShape shape;
  private final int index;
  private final String prefix;

  DecoderBlock(SourceFile file, DecoderShape shape, int index) {
    this.file = file;
    this.shape = shape;
    this.index = index;
    prefix = "blk." + index + ".";
  }

  /** Place of the layer, from 0. */
  int index() {
    return index;
  }

  /** Heads as they are multiplied, with a bias if the file has one. */
  HeadWeights heads(String role, int count) {
    long rows = (long) count * shape.headDim();
    return new HeadWeights(
        file.matrix(prefix + role, shape.embeddingLength(), rows),
        file.optionalBias(prefix + role, rows),
        0);
  }

  /** The same, with a norm of each. */
  HeadWeights normedHeads(String role, int count) {
    HeadWeights heads = heads(role, count);
    long norm = file.norm(prefix + role + "_norm", shape.headDim());
    return new HeadWeights(heads.matrix(), heads.bias(), norm);
  }

  /** Heads of a matrix that has all queries, then all keys, then all values. */
  private HeadWeights fusedHeads(int first) {
    String name = prefix + "attn_qkv";
    long rows = shape.queryLength() + 2L * shape.keyLength();
    return new HeadWeights(
        file.rows(name, shape.embeddingLength(), rows, first),
        file.optionalBias(name, rows, first),
        0);
  }

  /** Attention of the usual matrices. */
  SelfAttention attention(RopeAngles rope, int window) {
    return attention(
        heads("attn_q", shape.heads()), heads("attn_k", shape.kvHeads()), rope, window);
  }

  /** Attention with a norm of each query and key. */
  SelfAttention normedAttention(RopeAngles rope, int window) {
    return attention(
        normedHeads("attn_q", shape.heads()), normedHeads("attn_k", shape.kvHeads()), rope, window);
  }

  private SelfAttention attention(HeadWeights query, HeadWeights key, RopeAngles rope, int window) {
    HeadWeights value = heads("attn_v", shape.kvHeads());
    return new SelfAttention(query, key, value, rope, window, scoreScale(shape.headDim()), 0);
  }

  /** Attention of one matrix. */
  SelfAttention fusedAttention(RopeAngles rope) {
    int queries = shape.queryLength();
    return new SelfAttention(
        fusedHeads(0),
        fusedHeads(queries),
        fusedHeads(queries + shape.keyLength()),
        rope,
        0,
        scoreScale(shape.headDim()),
        0);
  }

  /** The factor of scores that are sums of so many products. */
  static float scoreScale(int products) {
    return (float) (1 / Math.sqrt(products));
  }

  /** A hidden vector of the usual matrices. */
  Gated gated(Activation activation) {
    int width = shape.embeddingLength();
    int hidden = shape.feedForwardLength();
    return new Gated(
        file.matrix(prefix + "ffn_gate", width, hidden),
        file.optionalBias(prefix + "ffn_gate", hidden),
        file.matrix(prefix + "ffn_up", width, hidden),
        file.optionalBias(prefix + "ffn_up", hidden),
        activation);
  }

  /** A hidden vector of one matrix that has the gate first. */
  Gated fusedGated(Activation activation) {
    String name = prefix + "ffn_up";
    int width = shape.embeddingLength();
    int hidden = shape.feedForwardLength();
    return new Gated(
        file.rows(name, width, 2L * hidden, 0),
        file.optionalBias(name, 2L * hidden, 0),
        file.rows(name, width, 2L * hidden, hidden),
        file.optionalBias(name, 2L * hidden, hidden),
        activation);
  }

  /** The layer, with nothing between its blocks and the residual stream. */
  DecoderLayer layer(SelfAttention attention, Gated gated) {
    return layer(attention, gated, 1);
  }

  /** The layer, with blocks that are multiplied before they are added to the residual stream. */
  DecoderLayer layer(SelfAttention attention, Gated gated, float scale) {
    return layer(
        attention,
        output("attn_output", shape.queryLength(), scale, 0),
        gated,
        output("ffn_down", shape.feedForwardLength(), scale, 0));
  }

  /** The layer, with a norm of each block before it is added to the residual stream. */
  DecoderLayer normedLayer(SelfAttention attention, Gated gated) {
    return layer(
        attention,
        output("attn_output", shape.queryLength(), 1, norm("post_attention_norm")),
        gated,
        output("ffn_down", shape.feedForwardLength(), 1, norm("post_ffw_norm")));
  }

  private DecoderLayer layer(
      SelfAttention attention, BlockOutput attentionOutput, Gated gated, BlockOutput gatedOutput) {
    return new DecoderLayer(
        norm("attn_norm"), attention, attentionOutput, norm("ffn_norm"), gated, gatedOutput);
  }

  private BlockOutput output(String role, int columns, float scale, long norm) {
    int width = shape.embeddingLength();
    return new BlockOutput(
        file.matrix(prefix + role, columns, width),
        file.optionalBias(prefix + role, width),
        scale,
        norm);
  }

  private long norm(String role) {
    return file.norm(prefix + role, shape.embeddingLength());
  }
}
