package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import java.util.Arrays;
import java.util.List;

/**
 * The code of a contract as it was compiled, but for the immutables, which the constructor writes
 * into it.
 *
 * @param hash Keccak-256 of the code with zeros in the immutables' places
 * @param immutables those places
 */
public record CodeTemplate(Bytes32 hash, List<Place> immutables) {
  /**
   * A part of the code.
   *
   * @param offset in bytes
   * @param length in bytes
   */
  public record Place(int offset, int length) {
    /** Checks that both can be. */
    public Place {
      if (offset < 0 || length < 1) {
        throw new IllegalArgumentException("offset " + offset + ", length " + length);
      }
    }
  }

  /** Copies the list. */
  public CodeTemplate {
    immutables = List.copyOf(immutables);
  }

  /**
   * A template of code whose immutables may have any values.
   *
   * @throws IllegalArgumentException if there is no code, or an immutable is not inside it
   */
  public static CodeTemplate of(byte[] code, List<Place> immutables) {
    for (Place place : immutables) {
      if (place.offset() > code.length - place.length()) {
        throw new IllegalArgumentException(place + " of " + code.length + " bytes");
      }
    }
    if (code.length == 0) {
      throw new IllegalArgumentException("no code");
    }
    return new CodeTemplate(hash(code, immutables), immutables);
  }

  /** Hash of code that is on a chain, with zeros in the immutables' places. */
  Bytes32 hashOf(byte[] code) {
    return hash(code, immutables);
  }

  private static Bytes32 hash(byte[] code, List<Place> immutables) {
    byte[] masked = code.clone();
    for (Place place : immutables) {
      int from = Math.min(place.offset(), masked.length);
      int to = Math.min(from + place.length(), masked.length);
      Arrays.fill(masked, from, to, (byte) 0);
    }
    return Keccak256.hash(masked);
  }
}
