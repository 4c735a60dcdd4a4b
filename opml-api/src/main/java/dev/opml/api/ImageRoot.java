package dev.opml.api;

/** State root of a program image: memory before any input, state or output. */
public record ImageRoot(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
