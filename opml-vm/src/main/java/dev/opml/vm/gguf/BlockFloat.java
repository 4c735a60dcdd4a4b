package dev.opml.vm.gguf;

/**
 * A number of a block that is not an integer: the weight of a dense format, the scale that a
 * block's integers are multiplied with, or the minimum that is added then.
 *
 * @param encoding how it lies there
 * @param offset offset in the block, in bytes
 */
public record BlockFloat(FloatEncoding encoding, int offset) {
  /** Offset, in the block, of the byte with the sign and the upper bits of the exponent. */
  public int upperByte() {
    return offset + encoding.bytes() - 1;
  }

  /**
   * Writes its lower bytes into a block.
   *
   * @param blocks bytes of blocks
   * @param block offset of the block, in bytes
   * @param bits as of {@link FloatEncoding#bits}
   */
  public void put(byte[] blocks, int block, int bits) {
    for (int i = 0; i < encoding.bytes(); i++) {
      blocks[block + offset + i] = (byte) (bits >> (Byte.SIZE * i));
    }
  }
}
