package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A tensor has an element format that opML does not compute with. */
public class UnsupportedTensorTypeException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String tensor;
  private final int typeId;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param tensor name of the tensor
   * @param typeId ggml's number of its type
   */
  public UnsupportedTensorTypeException(Path file, String tensor, int typeId) {
    super(
        "%s: tensor %s has ggml type %s, which is not supported"
            .formatted(file, tensor, Integer.toUnsignedString(typeId)));
    this.tensor = tensor;
    this.typeId = typeId;
  }

  /** Name of the tensor. */
  public String tensor() {
    return tensor;
  }

  /** The number that ggml gives to its type. */
  public int typeId() {
    return typeId;
  }
}
