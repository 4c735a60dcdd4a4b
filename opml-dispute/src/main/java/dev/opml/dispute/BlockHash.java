package dev.opml.dispute;

import dev.opml.api.Bytes32;

/** Identity of a block: the hash of its content and of all that came before it. */
public record BlockHash(Bytes32 value) {
  /** The parent of a first block. */
  public static final BlockHash NONE = new BlockHash(Bytes32.ZERO);

  @Override
  public String toString() {
    return value.toHex();
  }
}
