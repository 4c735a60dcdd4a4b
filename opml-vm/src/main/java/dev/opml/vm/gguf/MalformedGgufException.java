package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A file is not a well-formed GGUF file, or not one that opML accepts. */
public class MalformedGgufException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;
  private final String problem;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param offset position in bytes of the offending field
   * @param problem what is wrong, with the expected and the actual value
   */
  public MalformedGgufException(Path file, long offset, String problem) {
    super(file + ": at byte " + offset + ": " + problem);
    this.file = file.toString();
    this.offset = offset;
    this.problem = problem;
  }

  /** The file that was read. */
  public Path file() {
    return Path.of(file);
  }

  /** Position in bytes of the offending field. */
  public long offset() {
    return offset;
  }

  /** What is wrong, with the expected and the actual value. */
  public String problem() {
    return problem;
  }
}
