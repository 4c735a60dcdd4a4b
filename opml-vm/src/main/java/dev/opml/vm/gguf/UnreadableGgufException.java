package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.io.IOException;
import java.nio.file.Path;

/** A file cannot be opened or mapped. */
public class UnreadableGgufException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /** Creates the exception for {@code file}, with the reason. */
  public UnreadableGgufException(Path file, IOException cause) {
    super("cannot read " + file + ": " + cause, cause);
    this.file = file.toString();
  }

  /** The file. */
  public Path file() {
    return Path.of(file);
  }
}
