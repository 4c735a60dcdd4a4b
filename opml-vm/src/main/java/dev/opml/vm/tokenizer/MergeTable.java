package dev.opml.vm.tokenizer;

import dev.opml.vm.gguf.GgufArray;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The merges of a byte-level vocabulary: a hash table of pairs of symbols with linear probing. A
 * symbol is a string of bytes: a token's id, or a number behind all ids for a string that is none.
 * The hash is keyed at random, so that no vocabulary can be made to collide. Immutable.
 */
final class MergeTable {
  static final int NONE = -1;

  private static final long EMPTY = -1;

  private final TokenTable table;
  private final int vocabularySize;
  private final long key = ThreadLocalRandom.current().nextLong() | 1;
  private final long[] pairs;
  private final int[] ranks;

  /** The symbol that a merge makes, by rank. */
  private final int[] results;

  private final int[] byteSymbols = new int[256];

  /**
   * Reads merges, the first of the lowest rank. Of merges of the same pair the first counts. Those
   * with a character that writes no byte cannot happen, and are left out.
   *
   * @param merges two parts each, as the vocabulary writes them, with a space between
   * @param table the tokens that text can spell, by their bytes
   * @throws MalformedVocabularyException if a merge has no two parts
   */
  MergeTable(GgufArray.Texts merges, TokenTable table, int vocabularySize) {
    this.table = table;
    this.vocabularySize = vocabularySize;
    this.pairs = new long[Integer.highestOneBit(merges.size() | 1) * 4];
    this.ranks = new int[pairs.length];
    this.results = new int[merges.size()];
    Arrays.fill(pairs, EMPTY);
    Map<String, Integer> others = new HashMap<>();
    for (int b = 0; b < byteSymbols.length; b++) {
      byteSymbols[b] = symbol(new byte[] {(byte) b}, 0, 1, others);
    }
    for (int rank = 0; rank < merges.size(); rank++) {
      add(rank, merges.bytes(rank), others);
    }
  }

  private void add(int rank, byte[] merge, Map<String, Integer> others) {
    int space = 1;
    while (space < merge.length && merge[space] != ' ') {
      space++;
    }
    if (space + 1 >= merge.length) {
      throw new MalformedVocabularyException(
          NONE, "merge " + rank + " is not two parts with a space between");
    }
    byte[] left = ByteAlphabet.decode(merge, 0, space);
    byte[] right = ByteAlphabet.decode(merge, space + 1, merge.length);
    if (left == null || right == null) {
      return;
    }
    byte[] union = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, union, left.length, right.length);
    int leftSymbol = symbol(union, 0, left.length, others);
    int rightSymbol = symbol(union, left.length, union.length, others);
    results[rank] = symbol(union, 0, union.length, others);
    int slot = slot(leftSymbol, rightSymbol);
    if (pairs[slot] == EMPTY) {
      pairs[slot] = pair(leftSymbol, rightSymbol);
      ranks[slot] = rank;
    }
  }

  private int symbol(byte[] bytes, int from, int to, Map<String, Integer> others) {
    int id = table.find(bytes, from, to);
    if (id >= 0) {
      return id;
    }
    String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    return others.computeIfAbsent(text, _ -> vocabularySize + others.size());
  }

  /** The symbol of one byte, from 0 to 255. */
  int ofByte(int b) {
    return byteSymbols[b];
  }

  /** Whether a symbol is a token, with the symbol as its id. */
  boolean isToken(int symbol) {
    return symbol < vocabularySize;
  }

  /** The rank of the merge of two symbols, or NONE. */
  int rank(int left, int right) {
    int slot = slot(left, right);
    return pairs[slot] == EMPTY ? NONE : ranks[slot];
  }

  /** The symbol that the merge of {@code rank} makes. */
  int result(int rank) {
    return results[rank];
  }

  /** The slot that holds the pair, or the empty one where it belongs. */
  private int slot(int left, int right) {
    long pair = pair(left, right);
    int mask = pairs.length - 1;
    long mixed = (pair ^ (pair >>> 31)) * key;
    int slot = (int) (mixed >>> 32) & mask;
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }
}
