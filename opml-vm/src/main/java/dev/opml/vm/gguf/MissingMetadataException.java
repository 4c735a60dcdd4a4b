package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A GGUF file lacks a metadata entry that its use requires. */
public class MissingMetadataException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /** Creates the exception for the entry named {@code key}. */
  public MissingMetadataException(Path file, String key) {
    super(file + ": no metadata entry " + key);
    this.key = key;
  }

  /** Key of the entry. */
  public String key() {
    return key;
  }
}
