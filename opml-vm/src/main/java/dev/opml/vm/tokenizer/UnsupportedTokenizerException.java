package dev.opml.vm.tokenizer;

import dev.opml.api.OpmlException;

/** A model uses a kind of tokenizer that opML does not have. */
public class UnsupportedTokenizerException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String model;

  /** Creates the exception for the value of {@code tokenizer.ggml.model}. */
  public UnsupportedTokenizerException(String model) {
    super("tokenizer model " + model + " is not supported; supported: llama");
    this.model = model;
  }

  /** The value of {@code tokenizer.ggml.model}. */
  public String model() {
    return model;
  }
}
