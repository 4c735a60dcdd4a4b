package dev.opml.api;

import java.util.Arrays;

/** An immutable vector of unsigned bytes, compared by content: an image's pixels, for example. */
public final class ByteVector implements Prompt {
  private final byte[] bytes;

  private ByteVector(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies {@code bytes}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static ByteVector of(byte... bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("the vector has no bytes");
    }
    return new ByteVector(bytes.clone());
  }

  /** Number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns a new array of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  @Override
  public int positions() {
    return 1;
  }

  @Override
  public byte[] encode() {
    return toByteArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteVector that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
