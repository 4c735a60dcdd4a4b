package dev.opml.vm.gguf;

/** How a number that is not an integer lies in a model file, little-endian. */
public enum FloatEncoding {
  /** IEEE-754 binary32. */
  BINARY32(Float.BYTES),
  /** IEEE-754 binary16. */
  BINARY16(Short.BYTES),
  /** The upper half of a binary32. */
  BFLOAT16(Short.BYTES);

  private final int bytes;

  FloatEncoding(int bytes) {
    this.bytes = bytes;
  }

  /** Size in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The bits of a number, in the lower bytes; binary16 rounds ties to even, bfloat16 to zero. */
  public int bits(float number) {
    return switch (this) {
      case BINARY32 -> Float.floatToRawIntBits(number);
      case BINARY16 -> Float.floatToFloat16(number);
      case BFLOAT16 -> Float.floatToRawIntBits(number) >> Short.SIZE;
    };
  }
}
