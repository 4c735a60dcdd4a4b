package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** Qwen 3: a norm of each query and key head. */
final class Qwen3 implements Architecture {
  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = file.rope(shape.headDim(), RopePairing.HALVES);
    return file.model(
        shape, block -> block.layer(block.normedAttention(rope, 0), block.gated(Activation.SILU)));
  }
}
