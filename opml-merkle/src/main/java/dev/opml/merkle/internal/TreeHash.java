package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Single hashes: of a 128-byte leaf, a 64-byte inner node, and of other short messages. */
public final class TreeHash {
  /** How Keccak reads a message. */
  static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Longest message in bytes that is one block with its padding. */
  public static final int MAX_BLOCK = KeccakConstants.BLOCK_SIZE - 1;

  private TreeHash() {}

  /** Hash of a message of at most {@link #MAX_BLOCK} bytes, inside the array. */
  public static Bytes32 block(byte[] message, int offset, int length) {
    byte[] padded = new byte[KeccakConstants.BLOCK_SIZE];
    System.arraycopy(message, offset, padded, 0, length);
    padded[length] = 1;
    padded[padded.length - 1] |= (byte) 0x80;
    long[] words = new long[padded.length / Long.BYTES];
    ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    ScalarKeccak.hashBlock(words, words);
    return digest(words, 0, 1);
  }

  /** Hash of the leaf whose 128 bytes start at {@code offset}. */
  public static Bytes32 leaf(MemorySegment data, long offset) {
    long[] message = new long[KeccakLanes.LEAF_WORDS];
    for (int word = 0; word < message.length; word++) {
      message[word] = data.get(WORD, offset + 8L * word);
    }
    ScalarKeccak.INSTANCE.hashLeaves(message, 0, message, 0);
    return digest(message, 0, 1);
  }

  /** Hash of the inner node above {@code left} and {@code right}. */
  public static Bytes32 node(Bytes32 left, Bytes32 right) {
    long[] message = new long[KeccakLanes.NODE_WORDS];
    put(left, message, 0, 1);
    put(right, message, KeccakLanes.DIGEST_WORDS, 1);
    ScalarKeccak.INSTANCE.hashNodes(message, 0, message, 0);
    return digest(message, 0, 1);
  }

  /** Stores a digest as four little-endian words, {@code stride} elements apart. */
  static void put(Bytes32 digest, long[] words, int offset, int stride) {
    words[offset] = Long.reverseBytes(digest.word0());
    words[offset + stride] = Long.reverseBytes(digest.word1());
    words[offset + 2 * stride] = Long.reverseBytes(digest.word2());
    words[offset + 3 * stride] = Long.reverseBytes(digest.word3());
  }

  /** Reads a digest of four little-endian words. */
  static Bytes32 digest(LongBuffer words, int offset) {
    return new Bytes32(
        Long.reverseBytes(words.get(offset)),
        Long.reverseBytes(words.get(offset + 1)),
        Long.reverseBytes(words.get(offset + 2)),
        Long.reverseBytes(words.get(offset + 3)));
  }

  /** Reads a digest that {@link #put} or a {@link KeccakLanes} stored. */
  static Bytes32 digest(long[] words, int offset, int stride) {
    return new Bytes32(
        Long.reverseBytes(words[offset]),
        Long.reverseBytes(words[offset + stride]),
        Long.reverseBytes(words[offset + 2 * stride]),
        Long.reverseBytes(words[offset + 3 * stride]));
  }
}
