package dev.opml.vm.gguf;

import java.nio.file.Path;

/**
 * A field of a GGUF file is out of range: of a named limit of {@link GgufLimits}, or of the file
 * itself.
 */
public class GgufLimitException extends MalformedGgufException {
  private static final long serialVersionUID = 1L;

  private final String limitName;
  private final long limit;
  private final long value;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param offset position in bytes of the offending field
   * @param field the field, for people
   * @param limitName component of {@link GgufLimits}, or {@code "bytes left in the file"}
   * @param limit largest value allowed
   * @param value value in the file, as unsigned 64-bit
   */
  public GgufLimitException(
      Path file, long offset, String field, String limitName, long limit, long value) {
    super(
        file,
        offset,
        "%s: %s is above %s = %d".formatted(field, Long.toUnsignedString(value), limitName, limit));
    this.limitName = limitName;
    this.limit = limit;
    this.value = value;
  }

  /** Component of {@link GgufLimits}, or {@code "bytes left in the file"}. */
  public String limitName() {
    return limitName;
  }

  /** Largest value allowed. */
  public long limit() {
    return limit;
  }

  /** Value in the file, as unsigned 64-bit. */
  public long value() {
    return value;
  }
}
