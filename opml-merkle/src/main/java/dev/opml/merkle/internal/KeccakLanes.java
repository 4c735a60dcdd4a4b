package dev.opml.merkle.internal;

/**
 * Keccak-256 of several messages of one tree size at once, one message a lane.
 *
 * <p>Buffers are word-sliced: word {@code w} of the message (or digest) in lane {@code l} is at
 * {@code offset + w * lanes() + l}. Words are 64 bits, little-endian as Keccak reads them. A digest
 * has 4 words; so two digests that lie one after the other are a node message, and a tree can be
 * reduced without moving a word. Implementations are stateless and thread-safe, and give the same
 * bits.
 */
public interface KeccakLanes {
  /** Words of a digest. */
  int DIGEST_WORDS = 4;

  /** Words of an inner node's message: two digests. */
  int NODE_WORDS = 8;

  /** Words of a leaf: 128 bytes of memory. */
  int LEAF_WORDS = 16;

  /** Messages hashed by one call: a power of two, 1 to 32. */
  int lanes();

  /**
   * Hashes one leaf a lane.
   *
   * @param in {@link #LEAF_WORDS} words a lane from {@code inOffset}
   * @param out receives the digests from {@code outOffset}; may overlap {@code in}, which is read
   *     first
   */
  void hashLeaves(long[] in, int inOffset, long[] out, int outOffset);

  /**
   * Hashes one inner node a lane.
   *
   * @param in {@link #NODE_WORDS} words a lane from {@code inOffset}
   * @param out receives the digests from {@code outOffset}; may overlap {@code in}, which is read
   *     first
   */
  void hashNodes(long[] in, int inOffset, long[] out, int outOffset);
}
