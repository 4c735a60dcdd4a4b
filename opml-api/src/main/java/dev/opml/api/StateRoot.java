package dev.opml.api;

/** Root of persistent memory: the depth-32 tree over the lower half of the address space. */
public record StateRoot(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
