package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/**
 * A parameter of sampling is out of its range. Not a number is, and so is -0, which would be
 * another input root for the same request.
 */
public class InvalidSamplingException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String parameter;
  private final Number value;

  /**
   * Creates the exception.
   *
   * @param parameter name of the parameter, as in docs/image.md
   * @param range values that are allowed, for people
   * @param value value that was given
   */
  public InvalidSamplingException(String parameter, String range, Number value) {
    super(parameter + " must be " + range + ", got " + value);
    this.parameter = parameter;
    this.value = value;
  }

  /** Refuses a value that is not in its range, or is -0. */
  static void require(boolean inRange, String parameter, String range, Number value) {
    if (!inRange || Double.valueOf(value.doubleValue()).equals(-0.0)) {
      throw new InvalidSamplingException(parameter, range, value);
    }
  }

  /** Name of the parameter, as in docs/image.md. */
  public String parameter() {
    return parameter;
  }

  /** Value that was given. */
  public Number value() {
    return value;
  }
}
