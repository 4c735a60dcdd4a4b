package dev.opml.ethereum.abi;

import dev.opml.api.OpmlException;
import org.jspecify.annotations.Nullable;

/** Bytes are not the encoding of what they should be. */
public final class MalformedAbiException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public MalformedAbiException(String message) {
    this(message, null);
  }

  /** Creates the exception for something that refuses to be made of decoded values. */
  public MalformedAbiException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
