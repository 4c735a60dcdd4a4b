package dev.opml.vm.architecture;

import dev.opml.vm.graph.Model;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;

/**
 * Gemma 3, text: a norm of each query and key head, and in five of six layers a window, with angles
 * of their own.
 */
final class Gemma3 implements Architecture {
  private static final int LARGEST = 62;
  private static final int PATTERN = 6;
  private static final float LOCAL_BASE = 10_000;

  @Override
  public String name() {
    return "gemma3";
  }

  @Override
  public Model read(SourceFile source) {
    DecoderFile file = new DecoderFile(source);
    Gemma gemma = new Gemma(source, file, LARGEST, 0);
    int headDim = gemma.shape().headDim();
    RopeAngles rope = file.rope(headDim, RopePairing.HALVES);
    RopeAngles localRope =
        file.rope(
            headDim, source.optionalFloat("rope.freq_base_swa", LOCAL_BASE), RopePairing.HALVES);
    int window = file.optionalInt("attention.sliding_window", 0);
    int pattern = file.optionalInt("attention.sliding_window_pattern", PATTERN);
    return gemma.model(
        Gemma.cap(source, "final_logit_softcapping", 0),
        block ->
            window > 0 && Gemma.isLocal(block, pattern)
                ? block.normedAttention(localRope, window)
                : block.normedAttention(rope, 0));
  }
}
