package dev.opml.vm.elf;

import dev.opml.api.OpmlException;

/** A file is no program that the machine can run. */
public final class MalformedElfException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, expected and actual
   * @param offset offset in bytes of the wrong field in the file
   */
  public MalformedElfException(String message, long offset) {
    super("malformed ELF at byte " + offset + ": " + message);
    this.offset = offset;
  }

  /** Offset in bytes of the wrong field in the file. */
  public long offset() {
    return offset;
  }
}
