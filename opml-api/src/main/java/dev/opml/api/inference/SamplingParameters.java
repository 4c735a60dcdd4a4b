package dev.opml.api.inference;

/**
 * Rules by which the next token is drawn from the logits (docs/image.md, Sampling). Filters apply
 * in the order top-k, top-p, min-p, temperature.
 *
 * @param temperature 0 for greedy, else from {@value #MIN_TEMPERATURE} to {@value #MAX_TEMPERATURE}
 * @param topK number of best candidates kept, 0 for all
 * @param topP probability mass kept, above 0, at most 1 (1 keeps all)
 * @param minP least probability kept, as a share of the best candidate's; 0 keeps all, below 1
 * @param seed seed of the counter-based generator; the draw at a position depends on nothing else
 * @param penalties what comes before all filters, also before greedy
 */
public record SamplingParameters(
    float temperature, int topK, float topP, float minP, long seed, Penalties penalties) {
  /** Smallest temperature above greedy. */
  public static final float MIN_TEMPERATURE = 0x1p-7f;

  /** Largest temperature. */
  public static final float MAX_TEMPERATURE = 0x1p7f;

  /** Always the largest logit. */
  public static final SamplingParameters GREEDY = new SamplingParameters(0, 0, 1, 0, 0);

  /** Checks the ranges above; NaN is refused. */
  public SamplingParameters {
    require(
        temperature == 0 || (temperature >= MIN_TEMPERATURE && temperature <= MAX_TEMPERATURE),
        "temperature must be 0 or in [2^-7, 2^7], got " + temperature);
    require(topK >= 0, "topK must not be negative, got " + topK);
    require(topP > 0 && topP <= 1, "topP must be in (0, 1], got " + topP);
    require(minP >= 0 && minP < 1, "minP must be in [0, 1), got " + minP);
    // -0 would be another input root for the same request.
    temperature = temperature == 0 ? 0 : temperature;
    minP = minP == 0 ? 0 : minP;
  }

  /** Parameters without penalties. */
  public SamplingParameters(float temperature, int topK, float topP, float minP, long seed) {
    this(temperature, topK, topP, minP, seed, Penalties.NONE);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
