package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** LLaMA 1 to 3.2, and what is stored like it: Mistral, TinyLlama, SmolLM2. */
final class Llama implements Architecture {
  @Override
  public String name() {
    return "llama";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = file.rope(shape.headDim(), RopePairing.INTERLEAVED);
    int window = file.optionalInt("attention.sliding_window", 0);
    return file.model(
        shape, block -> block.layer(block.attention(rope, window), block.gated(Activation.SILU)));
  }
}
