package dev.opml.vm.architecture;

import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/** Gemma 2: soft caps, and a window in every other layer. */
final class Gemma2 implements Architecture {
  private static final int LARGEST = 46;
  private static final int WINDOW = 4096;
  private static final int PATTERN = 2;
  private static final float SCORE_CAP = 50;
  private static final float LOGIT_CAP = 30;

  @Override
  public String name() {
    return "gemma2";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    Gemma gemma =
        new Gemma(source, file, LARGEST, Gemma.cap(source, "attn_logit_softcapping", SCORE_CAP));
    RopeAngles rope = file.rope(gemma.shape().headDim(), RopePairing.HALVES);
    int window = file.optionalInt("attention.sliding_window", WINDOW);
    return gemma.model(
        Gemma.cap(source, "final_logit_softcapping", LOGIT_CAP),
        block -> block.attention(rope, Gemma.isLocal(block, PATTERN) ? window : 0));
  }
}
