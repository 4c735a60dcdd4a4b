package dev.opml.api.inference;

import dev.opml.api.OpmlException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that an executor has mapped was cut off or written to. What was computed since then may be
 * wrong. The executor is of no use any more: close it and open the model again.
 */
public class ModelFileChangedException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;

  /**
   * Creates the exception.
   *
   * @param path the model's file
   * @param cause the fault of reading where the file has no bytes any more, or null
   */
  public ModelFileChangedException(Path path, @Nullable Throwable cause) {
    super(path + " or a file beside it was changed while it was in use: open it again", cause);
    this.path = path;
  }

  /** The model's file. */
  public Path path() {
    return path;
  }
}
