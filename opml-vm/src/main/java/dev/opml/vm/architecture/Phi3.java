package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/**
 * Phi 3 and 4-mini: one matrix for queries, keys and values, one for gate and up. Files say a
 * window, which llama.cpp leaves out, and so does this.
 */
final class Phi3 implements Architecture {
  @Override
  public String name() {
    return "phi3";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = file.longRope(shape.headDim(), RopePairing.HALVES);
    source.key("attention.sliding_window");
    return file.model(
        shape, block -> block.layer(block.fusedAttention(rope), block.fusedGated(Activation.SILU)));
  }
}
