package dev.opml.merkle.internal;

/**
 * Constants of Keccak-f[1600] and of the original Keccak padding for the two sizes of tree
 * messages.
 */
final class KeccakConstants {
  static final int ROUNDS = 24;

  /** Bytes that one permutation absorbs. */
  static final int BLOCK_SIZE = 136;

  /** Word 8 of a padded node message: the padding's first bit. Words 9 to 15 are zero. */
  static final long NODE_PADDING = 1L;

  /** Word 16, the last of the rate, of a padded node message: the padding's last bit. */
  static final long NODE_LAST_WORD = 0x8000000000000000L;

  /** Word 16 of a padded leaf: the first and the last bit of the padding. */
  static final long LEAF_LAST_WORD = 0x8000000000000001L;

  private static final long[] ROUND_CONSTANTS = {
    0x0000000000000001L, 0x0000000000008082L, 0x800000000000808aL, 0x8000000080008000L,
    0x000000000000808bL, 0x0000000080000001L, 0x8000000080008081L, 0x8000000000008009L,
    0x000000000000008aL, 0x0000000000000088L, 0x0000000080008009L, 0x000000008000000aL,
    0x000000008000808bL, 0x800000000000008bL, 0x8000000000008089L, 0x8000000000008003L,
    0x8000000000008002L, 0x8000000000000080L, 0x000000000000800aL, 0x800000008000000aL,
    0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
  };

  private KeccakConstants() {}

  /** A new array of the round constants. */
  static long[] roundConstants() {
    return ROUND_CONSTANTS.clone();
  }
}
