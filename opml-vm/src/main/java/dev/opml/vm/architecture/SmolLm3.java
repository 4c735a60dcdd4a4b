package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** SmolLM 3: every fourth layer does not rotate. */
final class SmolLm3 implements Architecture {
  private static final int UNROTATED_EVERY = 4;

  @Override
  public String name() {
    return "smollm3";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    DecoderShape shape = file.shape();
    RopeAngles rope = file.rope(shape.headDim(), RopePairing.INTERLEAVED);
    return file.model(
        shape,
        block -> {
          boolean rotates = (block.index() + 1) % UNROTATED_EVERY != 0;
          return block.layer(
              block.attention(rotates ? rope : RopeAngles.NONE, 0), block.gated(Activation.SILU));
        });
  }
}
