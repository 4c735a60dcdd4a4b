package dev.opml.dispute;

import dev.opml.api.Bytes32;

/** Identity of a request: the hash of its content, its requester and the arbiter it was made to. */
public record RequestId(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
