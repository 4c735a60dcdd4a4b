package dev.opml.dispute;

import dev.opml.api.Bytes32;

/** Identity of a transaction: the hash of its signed content. */
public record TransactionHash(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
