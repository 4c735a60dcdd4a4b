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

  /**
   * Checks the ranges above.
   *
   * @throws InvalidSamplingException if a parameter is out of its range; NaN and -0 are
   */
  public SamplingParameters {
    InvalidSamplingException.require(
        temperature == 0 || (temperature >= MIN_TEMPERATURE && temperature <= MAX_TEMPERATURE),
        "temperature",
        "0 or in [2^-7, 2^7]",
        temperature);
    InvalidSamplingException.require(topK >= 0, "topK", "0 or more", topK);
    InvalidSamplingException.require(topP > 0 && topP <= 1, "topP", "in (0, 1]", topP);
    InvalidSamplingException.require(minP >= 0 && minP < 1, "minP", "in [0, 1)", minP);
  }

  /** Parameters without penalties. */
  public SamplingParameters(float temperature, int topK, float topP, float minP, long seed) {
    this(temperature, topK, topP, minP, seed, Penalties.NONE);
  }
}
