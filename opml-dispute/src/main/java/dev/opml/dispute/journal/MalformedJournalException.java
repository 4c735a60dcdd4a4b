package dev.opml.dispute.journal;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A journal file holds something that no journal wrote. The agent must not start on it. */
public class MalformedJournalException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final long line;
  private final long offset;

  /**
   * Creates the exception.
   *
   * @param file the journal
   * @param line number of the line, from 1
   * @param offset offset in bytes of the line's first byte
   * @param message what is wrong
   */
  public MalformedJournalException(Path file, long line, long offset, String message) {
    super(file + ", line " + line + " (byte " + offset + "): " + message);
    this.file = file;
    this.line = line;
    this.offset = offset;
  }

  /** The journal; null after serialisation. */
  public Path file() {
    return file;
  }

  /** Number of the line, from 1. */
  public long line() {
    return line;
  }

  /** Offset in bytes of the line's first byte. */
  public long offset() {
    return offset;
  }
}
