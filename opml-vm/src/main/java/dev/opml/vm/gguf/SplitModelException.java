package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A GGUF file is one part of a model that was split into several. */
public class SplitModelException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long count;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param key metadata key of the number of parts
   * @param count number of parts
   */
  public SplitModelException(Path file, String key, long count) {
    super(
        file
            + ": "
            + key
            + " is "
            + count
            + ": a model split into parts is not supported; merge them into one file");
    this.count = count;
  }

  /** Number of parts. */
  public long count() {
    return count;
  }
}
