package dev.opml.vm.tokenizer;

import dev.opml.api.OpmlException;
import java.util.Collection;

/** A model uses a kind of tokenizer, or a pre-tokenizer, that opML does not have. */
public class UnsupportedTokenizerException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String name;

  /**
   * Creates the exception.
   *
   * @param key the entry of the file that says what it uses
   * @param name the value of that entry
   * @param supported the values that opML has
   */
  public UnsupportedTokenizerException(String key, String name, Collection<String> supported) {
    super(key + " " + name + " is not supported; supported: " + String.join(", ", supported));
    this.key = key;
    this.name = name;
  }

  /**
   * The entry of the file that says what it uses: {@code tokenizer.ggml.model} or {@code
   * tokenizer.ggml.pre}.
   */
  public String key() {
    return key;
  }

  /** The value of that entry. */
  public String name() {
    return name;
  }
}
