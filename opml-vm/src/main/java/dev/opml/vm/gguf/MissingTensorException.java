package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A GGUF file lacks a tensor that its use requires. */
public class MissingTensorException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String tensor;

  /** Creates the exception for the tensor named {@code tensor}. */
  public MissingTensorException(Path file, String tensor) {
    super(file + ": no tensor " + tensor);
    this.tensor = tensor;
  }

  /** Name of the tensor. */
  public String tensor() {
    return tensor;
  }
}
