package dev.opml.api.inference;

/**
 * Penalties for repetition: changes to the logits of tokens that occur among the last ones
 * (docs/image.md, "Sampling"). A logit above 0 is divided by {@code repeat}, another multiplied;
 * then {@code frequency} for each occurrence and {@code presence} are subtracted.
 *
 * @param repeat from 2^-7 to 2^7; 1 for no effect
 * @param presence from -128 to 128; 0 for no effect
 * @param frequency from -128 to 128; 0 for no effect
 * @param window how many of the last tokens of prompt and answer are looked at; 0 if, and only if,
 *     nothing has an effect
 */
public record Penalties(float repeat, float presence, float frequency, int window) {
  /** No penalties. */
  public static final Penalties NONE = new Penalties(1, 0, 0, 0);

  private static final float LEAST_REPEAT = 0x1p-7f;
  private static final float MOST_REPEAT = 0x1p7f;
  private static final float MOST = 128;

  /**
   * Checks the ranges above.
   *
   * @throws InvalidSamplingException if one is out of its range; NaN and -0 are
   */
  public Penalties {
    InvalidSamplingException.require(
        repeat >= LEAST_REPEAT && repeat <= MOST_REPEAT, "repeatPenalty", "in [2^-7, 2^7]", repeat);
    InvalidSamplingException.require(
        Math.abs(presence) <= MOST, "presencePenalty", "in [-128, 128]", presence);
    InvalidSamplingException.require(
        Math.abs(frequency) <= MOST, "frequencyPenalty", "in [-128, 128]", frequency);
    // A window without effect would be another input root for the same request.
    boolean effect = repeat != 1 || presence != 0 || frequency != 0;
    InvalidSamplingException.require(
        effect ? window > 0 : window == 0,
        "penaltyWindow",
        effect ? "1 or more, because there are penalties" : "0, because no penalty has an effect",
        window);
  }
}
