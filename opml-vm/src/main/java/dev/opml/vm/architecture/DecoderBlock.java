package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderLayer.HeadWeights;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopeAngles;

/** The tensors of one layer, by their roles. */
final class DecoderBlock {
  private final DecoderFile file;
  private final DecoderShape shape;
  private final String prefix;

  DecoderBlock(DecoderFile file, DecoderShape shape, int layer) {
    this.file = file;
    this.shape = shape;
    prefix = "blk." + layer + ".";
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

  /** The layer: attention and a gated feed-forward block with SiLU, a norm before each. */
  DecoderLayer layer(
      HeadWeights query, HeadWeights key, HeadWeights value, RopeAngles rope, int window) {
    int width = shape.embeddingLength();
    int hidden = shape.feedForwardLength();
    return new DecoderLayer(
        file.norm(prefix + "attn_norm", width),
        query,
        key,
        value,
        rope,
        window,
        file.matrix(prefix + "attn_output", shape.queryLength(), width),
        file.optionalBias(prefix + "attn_output", width),
        file.norm(prefix + "ffn_norm", width),
        file.matrix(prefix + "ffn_gate", width, hidden),
        file.optionalBias(prefix + "ffn_gate", hidden),
        file.matrix(prefix + "ffn_up", width, hidden),
        file.optionalBias(prefix + "ffn_up", hidden),
        Activation.SILU,
        file.matrix(prefix + "ffn_down", hidden, width),
        file.optionalBias(prefix + "ffn_down", width));
  }
}
