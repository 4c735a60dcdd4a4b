package dev.opml.api.inference;

import dev.opml.api.OpmlException;
import org.jspecify.annotations.Nullable;

/** The JVM has not the memory for a call, or had it not while the call ran. */
public class InsufficientMemoryException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long needed;
  private final long limit;

  /**
   * Creates the exception.
   *
   * @param needed bytes that the call takes, estimated
   * @param limit bytes that the JVM may have in all
   * @param cause the JVM's error, or null if it was not tried
   */
  public InsufficientMemoryException(long needed, long limit, @Nullable Throwable cause) {
    super(
        "the call needs some %d MiB of memory, and -Xmx allows this JVM %d MiB in all%s"
            .formatted(toMebibytes(needed), toMebibytes(limit), reason(cause)),
        cause);
    this.needed = needed;
    this.limit = limit;
  }

  private static long toMebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "" : " (" + cause.getMessage() + ")";
  }

  /** Bytes that the call takes, estimated. */
  public long needed() {
    return needed;
  }

  /** Bytes that the JVM may have in all. */
  public long limit() {
    return limit;
  }
}
