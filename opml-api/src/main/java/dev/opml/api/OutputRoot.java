package dev.opml.api;

/** Root of the output region's subtree (depth 17): the generated tokens. */
public record OutputRoot(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
