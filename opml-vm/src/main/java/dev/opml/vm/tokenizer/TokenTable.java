package dev.opml.vm.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/**
 * Finds the token that a piece of text is: a hash table of ids with linear probing. The hash is a
 * polynomial modulo the prime 2^61 − 1 at a random point, so that no vocabulary can be made to
 * collide; results do not depend on the point.
 */
final class TokenTable {
  private static final long PRIME = (1L << 61) - 1;
  private static final int EMPTY = -1;

  private final TokenTexts texts;
  private final long point = ThreadLocalRandom.current().nextLong(1L << 32, PRIME);
  private final int[] slots;
  private int longest;

  /** Makes a table of the tokens that are {@code included}. Of equal texts the last is found. */
  TokenTable(TokenTexts texts, IntPredicate included) {
    this.texts = texts;
    this.slots = new int[Integer.highestOneBit(texts.size()) * 4];
    Arrays.fill(slots, EMPTY);
    for (int id = 0; id < texts.size(); id++) {
      if (included.test(id)) {
        byte[] text = texts.get(id);
        slots[slot(text, 0, text.length)] = id;
        longest = Math.max(longest, text.length);
      }
    }
  }

  /** The id of the token whose text is {@code bytes[from, to)}, or -1. */
  int find(byte[] bytes, int from, int to) {
    return to - from > longest ? -1 : slots[slot(bytes, from, to)];
  }

  /** The id of the token with this text, or -1. */
  int find(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return find(bytes, 0, bytes.length);
  }

  /** The slot that holds the token, or the empty one where it belongs. */
  private int slot(byte[] bytes, int from, int to) {
    int mask = slots.length - 1;
    int slot = (int) hash(bytes, from, to) & mask;
    while (slots[slot] != EMPTY && !texts.equals(slots[slot], bytes, from, to)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private long hash(byte[] bytes, int from, int to) {
    long hash = 1;
    for (int i = from; i < to; i++) {
      hash = multiply(hash, point) + (bytes[i] & 0xff) + 1;
    }
    return hash;
  }

  /** A number congruent to {@code a·b}, below 2^61 + 2: for a, b below 2^62. */
  private static long multiply(long a, long b) {
    long low = a * b;
    long high = Math.multiplyHigh(a, b);
    long sum = (low & PRIME) + ((high << 3) | (low >>> 61));
    return (sum & PRIME) + (sum >>> 61);
  }
}
