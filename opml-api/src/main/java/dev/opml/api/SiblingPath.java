package dev.opml.api;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The siblings that connect a subtree to a root, in the encoding of docs/image.md: a 64-bit bitmap
 * of the siblings that are present, then those siblings from the lowest up. Immutable; a value of
 * this type has not been checked against any root.
 */
public final class SiblingPath {
  private final byte[] encoded;

  private SiblingPath(byte[] encoded) {
    this.encoded = encoded;
  }

  /** Wraps a copy of an encoded path. */
  public static SiblingPath of(byte[] encoded) {
    return new SiblingPath(encoded.clone());
  }

  /** Returns a new array with the encoded path. */
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SiblingPath that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "0x" + HexFormat.of().formatHex(encoded);
  }
}
