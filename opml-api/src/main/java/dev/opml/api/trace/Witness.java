package dev.opml.api.trace;

import java.util.Arrays;

/**
 * Everything needed to execute one instruction, in the encoding of docs/image.md. Immutable;
 * unchecked until a {@link StepFunction} reads it.
 */
public final class Witness {
  private final byte[] encoded;

  private Witness(byte[] encoded) {
    this.encoded = encoded;
  }

  /** Wraps a copy of an encoded witness. */
  public static Witness of(byte[] encoded) {
    return new Witness(encoded.clone());
  }

  /** Returns a new array with the encoded witness. */
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Witness that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }
}
