package dev.opml.dispute.journal;

import dev.opml.api.OpmlException;
import java.io.IOException;
import java.nio.file.Path;

/** A journal cannot be read or written. Nothing may be sent without it. */
public class JournalException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public JournalException(Path file, IOException cause) {
    super("journal " + file + ": " + cause.getMessage(), cause);
  }
}
