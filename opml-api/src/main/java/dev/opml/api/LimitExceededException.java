package dev.opml.api;

/** A named limit of this library or of an image would be exceeded. */
public class LimitExceededException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String limitName;
  private final long limit;
  private final long value;

  /**
   * Creates the exception.
   *
   * @param limitName name of the limit, as documented
   * @param limit largest value allowed
   * @param value value that was asked for
   */
  public LimitExceededException(String limitName, long limit, long value) {
    super(limitName + ": " + Long.toUnsignedString(value) + " is above the limit of " + limit);
    this.limitName = limitName;
    this.limit = limit;
    this.value = value;
  }

  /** Name of the limit. */
  public String limitName() {
    return limitName;
  }

  /** Largest value allowed. */
  public long limit() {
    return limit;
  }

  /** Value that was asked for. */
  public long value() {
    return value;
  }
}
