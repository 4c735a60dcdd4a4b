package dev.opml.vm.architecture;

import dev.opml.api.OpmlException;

/** A well-formed model file that this version cannot turn into a graph. */
public class UnsupportedModelException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message names the key or tensor and what was expected. */
  public UnsupportedModelException(String message) {
    super("unsupported model: " + message);
  }
}
