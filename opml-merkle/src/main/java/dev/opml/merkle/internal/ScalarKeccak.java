package dev.opml.merkle.internal;

/** One lane in plain Java: runs everywhere, and is what single hashes use. */
public final class ScalarKeccak implements KeccakLanes {
  /** The only instance needed. */
  public static final ScalarKeccak INSTANCE = new ScalarKeccak();

  private static final long[] ROUND_CONSTANTS = KeccakConstants.roundConstants();
  private static final long[] NODE_TAIL = {KeccakConstants.NODE_PADDING, 0, 0, 0, 0, 0, 0, 0};

  private ScalarKeccak() {}

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void hashLeaves(long[] in, int inOffset, long[] out, int outOffset) {
    hash(in, inOffset, in, inOffset + NODE_WORDS, KeccakConstants.LEAF_LAST_WORD, out, outOffset);
  }

  @Override
  public void hashNodes(long[] in, int inOffset, long[] out, int outOffset) {
    hash(in, inOffset, NODE_TAIL, 0, KeccakConstants.NODE_LAST_WORD, out, outOffset);
  }

  /** Hashes a message that is one block, 17 words with its padding. */
  static void hashBlock(long[] block, long[] digest) {
    hash(block, 0, block, NODE_WORDS, block[LEAF_WORDS], digest, 0);
  }

  /**
   * Absorbs one block and squeezes one digest. Words 0 to 7 come from {@code in}, 8 to 15 from
   * {@code tail}: so nodes and leaves share this method, which keeps the 25 words of the state in
   * locals.
   */
  private static void hash(
      long[] in,
      int inOffset,
      long[] tail,
      int tailOffset,
      long lastWord,
      long[] out,
      int outOffset) {
    long a0 = in[inOffset];
    long a1 = in[inOffset + 1];
    long a2 = in[inOffset + 2];
    long a3 = in[inOffset + 3];
    long a4 = in[inOffset + 4];
    long a5 = in[inOffset + 5];
    long a6 = in[inOffset + 6];
    long a7 = in[inOffset + 7];
    long a8 = tail[tailOffset];
    long a9 = tail[tailOffset + 1];
    long a10 = tail[tailOffset + 2];
    long a11 = tail[tailOffset + 3];
    long a12 = tail[tailOffset + 4];
    long a13 = tail[tailOffset + 5];
    long a14 = tail[tailOffset + 6];
    long a15 = tail[tailOffset + 7];
    long a16 = lastWord;
    long a17 = 0;
    long a18 = 0;
    long a19 = 0;
    long a20 = 0;
    long a21 = 0;
    long a22 = 0;
    long a23 = 0;
    long a24 = 0;
    for (int round = 0; round < KeccakConstants.ROUNDS; round++) {
      long c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
      long c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
      long c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
      long c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
      long c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
      long d0 = c4 ^ Long.rotateLeft(c1, 1);
      long d1 = c0 ^ Long.rotateLeft(c2, 1);
      long d2 = c1 ^ Long.rotateLeft(c3, 1);
      long d3 = c2 ^ Long.rotateLeft(c4, 1);
      long d4 = c3 ^ Long.rotateLeft(c0, 1);
      long b0 = a0 ^ d0;
      long b1 = Long.rotateLeft(a6 ^ d1, 44);
      long b2 = Long.rotateLeft(a12 ^ d2, 43);
      long b3 = Long.rotateLeft(a18 ^ d3, 21);
      long b4 = Long.rotateLeft(a24 ^ d4, 14);
      long b5 = Long.rotateLeft(a3 ^ d3, 28);
      long b6 = Long.rotateLeft(a9 ^ d4, 20);
      long b7 = Long.rotateLeft(a10 ^ d0, 3);
      long b8 = Long.rotateLeft(a16 ^ d1, 45);
      long b9 = Long.rotateLeft(a22 ^ d2, 61);
      long b10 = Long.rotateLeft(a1 ^ d1, 1);
      long b11 = Long.rotateLeft(a7 ^ d2, 6);
      long b12 = Long.rotateLeft(a13 ^ d3, 25);
      long b13 = Long.rotateLeft(a19 ^ d4, 8);
      long b14 = Long.rotateLeft(a20 ^ d0, 18);
      long b15 = Long.rotateLeft(a4 ^ d4, 27);
      long b16 = Long.rotateLeft(a5 ^ d0, 36);
      long b17 = Long.rotateLeft(a11 ^ d1, 10);
      long b18 = Long.rotateLeft(a17 ^ d2, 15);
      long b19 = Long.rotateLeft(a23 ^ d3, 56);
      long b20 = Long.rotateLeft(a2 ^ d2, 62);
      long b21 = Long.rotateLeft(a8 ^ d3, 55);
      long b22 = Long.rotateLeft(a14 ^ d4, 39);
      long b23 = Long.rotateLeft(a15 ^ d0, 41);
      long b24 = Long.rotateLeft(a21 ^ d1, 2);
      a0 = b0 ^ (~b1 & b2) ^ ROUND_CONSTANTS[round];
      a1 = b1 ^ (~b2 & b3);
      a2 = b2 ^ (~b3 & b4);
      a3 = b3 ^ (~b4 & b0);
      a4 = b4 ^ (~b0 & b1);
      a5 = b5 ^ (~b6 & b7);
      a6 = b6 ^ (~b7 & b8);
      a7 = b7 ^ (~b8 & b9);
      a8 = b8 ^ (~b9 & b5);
      a9 = b9 ^ (~b5 & b6);
      a10 = b10 ^ (~b11 & b12);
      a11 = b11 ^ (~b12 & b13);
      a12 = b12 ^ (~b13 & b14);
      a13 = b13 ^ (~b14 & b10);
      a14 = b14 ^ (~b10 & b11);
      a15 = b15 ^ (~b16 & b17);
      a16 = b16 ^ (~b17 & b18);
      a17 = b17 ^ (~b18 & b19);
      a18 = b18 ^ (~b19 & b15);
      a19 = b19 ^ (~b15 & b16);
      a20 = b20 ^ (~b21 & b22);
      a21 = b21 ^ (~b22 & b23);
      a22 = b22 ^ (~b23 & b24);
      a23 = b23 ^ (~b24 & b20);
      a24 = b24 ^ (~b20 & b21);
    }
    out[outOffset] = a0;
    out[outOffset + 1] = a1;
    out[outOffset + 2] = a2;
    out[outOffset + 3] = a3;
  }
}
