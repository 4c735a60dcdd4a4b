package dev.opml.vm.gguf;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A metadata entry has another type, or another range, than its use requires. */
public class WrongMetadataTypeException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String expected;
  private final String actual;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param key key of the entry
   * @param expected what its use requires
   * @param actual what the file has
   */
  public WrongMetadataTypeException(Path file, String key, String expected, String actual) {
    super("%s: metadata entry %s is %s, expected %s".formatted(file, key, actual, expected));
    this.key = key;
    this.expected = expected;
    this.actual = actual;
  }

  /** Key of the entry. */
  public String key() {
    return key;
  }

  /** What its use requires, for people. */
  public String expected() {
    return expected;
  }

  /** What the file has, for people. */
  public String actual() {
    return actual;
  }
}
