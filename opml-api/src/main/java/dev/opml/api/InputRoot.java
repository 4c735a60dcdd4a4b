package dev.opml.api;

/** Root of the input region's subtree (depth 17): request header, prompt and choices. */
public record InputRoot(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
