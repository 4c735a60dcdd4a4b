package dev.opml.api;

/** Identity of a model: its image root bound to its limits and format version (docs/image.md). */
public record ModelId(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
