package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** Qwen 2 and 2.5: biases of queries, keys and values. */
final class Qwen2 implements Architecture {
  @Override
  public String name() {
    return "qwen2";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = file.rope(shape.headDim(), RopePairing.HALVES);
    return file.model(
        shape, block -> block.layer(block.attention(rope, 0), block.gated(Activation.SILU)));
  }
}
