package dev.opml.examples.cli;

import dev.opml.api.inference.SamplingParameters;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How tokens are drawn. */
final class SamplingOptions {
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

  /** Checks each number by itself, so that an error names its option. */
  void check(Subcommand command) {
    command.checked("--temperature", () -> new SamplingParameters(temperature, 0, 1, 0, 0));
    command.checked("--top-k", () -> new SamplingParameters(0, topK, 1, 0, 0));
    command.checked("--top-p", () -> new SamplingParameters(0, 0, topP, 0, 0));
    command.checked("--min-p", () -> new SamplingParameters(0, 0, 1, minP, 0));
  }

  /**
   * As a request's parameters.
   *
   * @throws IllegalArgumentException if they are out of range
   */
  SamplingParameters toParameters() {
    return new SamplingParameters(temperature, topK, topP, minP, seed);
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
