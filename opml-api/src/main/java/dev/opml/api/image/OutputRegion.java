package dev.opml.api.image;

/**
 * Places of the output region (docs/image.md): the number of generated tokens, then their ids, 32
 * bits each.
 */
public final class OutputRegion {
  private static final int WORDS_PER_LEAF = MemoryRegion.LEAF_SIZE / Integer.BYTES;

  private OutputRegion() {}

  /**
   * Address of a generated token's id.
   *
   * @param token number of the token, from 0
   */
  public static long addressOf(int token) {
    return MemoryRegion.OUTPUT.base() + Integer.BYTES * (1L + token);
  }

  /**
   * The leaf that holds a generated token's id, counted from the region's base.
   *
   * @param token number of the token, from 0
   */
  public static int leafOf(int token) {
    return (1 + token) / WORDS_PER_LEAF;
  }
}
