package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderLayer.SelfAttention;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** Granite 3, without experts: embeddings, scores, blocks and logits are scaled. */
final class Granite implements Architecture {
  @Override
  public String name() {
    return "granite";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = rope(source, file.rope(shape.headDim(), RopePairing.INTERLEAVED));
    float scores = scale(source, "attention.scale", DecoderBlock.scoreScale(shape.headDim()));
    float blocks = scale(source, "residual_scale", 1);
    float logits = source.metadata().requireFloat(source.key("logit_scale"));
    SourceFile.require(
        logits != 0 && Float.isFinite(1 / logits), source.key("logit_scale") + " " + logits);
    return file.model(
        shape,
        scale(source, "embedding_scale", 1),
        1 / logits,
        0,
        block -> {
          SelfAttention usual = block.attention(rope, 0);
          return block.layer(usual.with(scores, 0), block.gated(Activation.SILU), blocks);
        });
  }

  /** Converters say by this key whether positions are encoded at all. */
  private static RopeAngles rope(SourceFile source, RopeAngles usual) {
    String key = source.key("rope.scaling.finetuned");
    return source.metadata().optionalBoolean(key).orElse(true) ? usual : RopeAngles.NONE;
  }

  /** A factor, of which 0 means none to llama.cpp. */
  private static float scale(SourceFile source, String name, float absent) {
    float scale = source.optionalFloat(name, 0);
    return scale == 0 ? absent : scale;
  }
}
