package dev.opml.examples.cli;

import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How tokens are drawn. */
final class SamplingOptions {
  private static final int DEFAULT_WINDOW = 64;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 (default) takes the most likely token, else 2^-7 … 2^7.")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Keep the K most likely tokens; 0 (default) keeps all.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Keep the most likely tokens with this share of the probability; default 1.")
  private float topP = 1;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Keep tokens at least this likely, relative to the most likely; default 0.")
  private float minP;

  @Option(
      names = "--seed",
      paramLabel = "S",
      converter = Seed.class,
      description = "Seed, a 64-bit number; default 0. The same seed draws the same tokens.")
  private long seed;

  @Option(
      names = "--repeat-penalty",
      paramLabel = "R",
      description =
          "Divide logits above 0 of tokens that occurred lately by R, multiply others; default 1.")
  private float repeatPenalty = 1;

  @Option(
      names = "--presence-penalty",
      paramLabel = "P",
      description = "Subtract P from logits of tokens that occurred lately; default 0.")
  private float presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "F",
      description = "Subtract F for each time that a token occurred lately; default 0.")
  private float frequencyPenalty;

  @Option(
      names = "--penalty-window",
      paramLabel = "N",
      description = "How many of the last tokens penalties look at; default 64.")
  private @Nullable Integer penaltyWindow;

  /** Checks each number by itself, so that an error names its option. */
  void check(Subcommand command) {
    command.checked("--temperature", () -> new SamplingParameters(temperature, 0, 1, 0, 0));
    command.checked("--top-k", () -> new SamplingParameters(0, topK, 1, 0, 0));
    command.checked("--top-p", () -> new SamplingParameters(0, 0, topP, 0, 0));
    command.checked("--min-p", () -> new SamplingParameters(0, 0, 1, minP, 0));
    command.checked("--repeat-penalty", () -> new Penalties(repeatPenalty, 1, 0, 1));
    command.checked("--presence-penalty", () -> new Penalties(2, presencePenalty, 0, 1));
    command.checked("--frequency-penalty", () -> new Penalties(2, 0, frequencyPenalty, 1));
    if (penaltyWindow != null) {
      command.checked("--penalty-window", this::penalties);
    }
  }

  /**
   * As a request's parameters.
   *
   * @throws dev.opml.api.inference.InvalidSamplingException if they are out of range
   */
  SamplingParameters toParameters() {
    return new SamplingParameters(temperature, topK, topP, minP, seed, penalties());
  }

  private Penalties penalties() {
    boolean none = repeatPenalty == 1 && presencePenalty == 0 && frequencyPenalty == 0;
    int byDefault = none ? 0 : DEFAULT_WINDOW;
    return new Penalties(
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyWindow == null ? byDefault : penaltyWindow);
  }

  /** A 64-bit number, signed or not. */
  static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is not a 64-bit number");
      }
    }
  }
}
