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

  /** Checks the ranges above; NaN is refused. */
  public Penalties {
    require(
        repeat >= LEAST_REPEAT && repeat <= MOST_REPEAT,
        "repeat penalty must be in [2^-7, 2^7], got " + repeat);
    require(Math.abs(presence) <= MOST, "presence penalty must be in [-128, 128], got " + presence);
    require(
        Math.abs(frequency) <= MOST, "frequency penalty must be in [-128, 128], got " + frequency);
    require(window >= 0, "penalty window must not be negative, got " + window);
    // -0 would be another input root for the same request, and so would a window without effect.
    presence = presence == 0 ? 0 : presence;
    frequency = frequency == 0 ? 0 : frequency;
    boolean effect = repeat != 1 || presence != 0 || frequency != 0;
    require(effect == window > 0, "penalties need a window of at least 1, and a window penalties");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
