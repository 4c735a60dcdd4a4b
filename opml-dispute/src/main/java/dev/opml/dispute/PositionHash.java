package dev.opml.dispute;

import dev.opml.api.Bytes32;

/**
 * Hash of a game's position: all that an arbiter stores of it. A move names the hash it answers.
 */
public record PositionHash(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
