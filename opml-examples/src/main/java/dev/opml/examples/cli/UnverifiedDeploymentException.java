package dev.opml.examples.cli;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** An arbiter was sent, and not verified. It may be there, or still come to be. */
final class UnverifiedDeploymentException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param file describes the arbiter
   */
  UnverifiedDeploymentException(Path file, Throwable cause) {
    super(
        cause.getMessage()
            + "; the arbiter may be there all the same, as "
            + file
            + " describes it",
        cause);
  }
}
