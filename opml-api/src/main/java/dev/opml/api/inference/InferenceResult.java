package dev.opml.api.inference;

import dev.opml.api.InputRoot;
import dev.opml.api.ModelId;
import dev.opml.api.OutputRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;

/**
 * The result of a run. Everything but the timing is a function of image and request alone.
 *
 * @param modelId model that ran
 * @param request what was asked
 * @param output generated tokens, a stop token included
 * @param stopReason why generation ended
 * @param inputRoot root of the input region
 * @param outputRoot root of the output region at the end
 * @param finalRoot state root after the last node, {@code S_N}
 * @param outputPath path from the output region to {@code finalRoot}
 * @param timing how long it took
 */
public record InferenceResult(
    ModelId modelId,
    InferenceRequest request,
    TokenIds output,
    StopReason stopReason,
    InputRoot inputRoot,
    OutputRoot outputRoot,
    StateRoot finalRoot,
    SiblingPath outputPath,
    Timing timing) {

  /** The claim that this result supports. */
  public Claim claim() {
    return new Claim(modelId, request, output, finalRoot);
  }

  /**
   * Wall-clock figures of a run.
   *
   * @param prefillTokens prompt positions computed before the first token was drawn
   * @param prefillNanos time for them in nanoseconds
   * @param decodeTokens tokens generated after the first
   * @param decodeNanos time for them in nanoseconds
   */
  public record Timing(int prefillTokens, long prefillNanos, int decodeTokens, long decodeNanos) {
    /** Prompt positions per second; 0 if nothing was measured. */
    public double prefillTokensPerSecond() {
      return prefillNanos == 0 ? 0 : prefillTokens * 1e9 / prefillNanos;
    }

    /** Generated tokens a second; 0 if nothing was measured. */
    public double decodeTokensPerSecond() {
      return decodeNanos == 0 ? 0 : decodeTokens * 1e9 / decodeNanos;
    }
  }
}
