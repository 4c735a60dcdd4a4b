package dev.opml.dispute.journal;

import dev.opml.api.OpmlException;
import java.io.IOException;
import java.nio.file.Path;

/** A journal cannot be read or written. What must be in it first may not be sent. */
public class JournalException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public JournalException(Path file, IOException cause) {
    super("journal " + file + ": " + cause.getMessage(), cause);
  }

  /**
   * Creates the exception.
   *
   * @param message what is wrong
   */
  public JournalException(String message) {
    super(message);
  }
}
