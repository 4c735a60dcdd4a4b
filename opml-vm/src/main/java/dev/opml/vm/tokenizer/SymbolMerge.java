package dev.opml.vm.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Byte-pair encoding of one text: the pair of neighbours whose union has the highest score is
 * merged, the leftmost of equals first, until no union is a token. O(n log n) for n characters, for
 * tokens of bounded length.
 *
 * <p>A symbol is named by the index of its first character. Symbols are adjacent, so one ends where
 * the next starts.
 */
final class SymbolMerge {
  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final TokenTable table;
  private final byte[] text;
  private final int symbols;

  /** Offsets in bytes of the characters in the text; one more for its end. */
  private final int[] starts;

  private final int[] next;
  private final int[] previous;

  /**
   * Rank of the union of a symbol and its next, or NONE. An entry of the queue that differs is out
   * of date.
   */
  private final int[] pairRanks;

  /** Entries {@code rank << 32 | symbol}. */
  private final LongHeap queue;

  /** How unused tokens were put together: length in bytes of the left part, by id. */
  private final Map<Integer, Integer> unusedSplits = new HashMap<>();

  /**
   * Prepares to encode {@code text}: UTF-8 with spaces already written as U+2581. It may start or
   * end inside a character, where a user-defined token was cut out; each byte of a character
   * without its first one is a character of its own.
   */
  SymbolMerge(Vocabulary vocabulary, TokenTable table, byte[] text) {
    this.vocabulary = vocabulary;
    this.table = table;
    this.text = text;
    this.starts = characterStarts(text);
    this.symbols = starts.length - 1;
    this.next = new int[symbols + 1];
    this.previous = new int[symbols + 1];
    this.pairRanks = new int[symbols + 1];
    this.queue = new LongHeap(symbols);
  }

  private static int[] characterStarts(byte[] text) {
    int[] starts = new int[text.length + 1];
    int count = 0;
    for (int i = 0; i < text.length; i += characterLength(text[i])) {
      starts[count++] = i;
    }
    starts[count] = text.length;
    return Arrays.copyOf(starts, count + 1);
  }

  /** Length in bytes of the UTF-8 of a character, by its first byte: by the ones it starts with. */
  private static int characterLength(byte first) {
    return Math.max(1, Integer.numberOfLeadingZeros(~(first << 24)));
  }

  /** Appends the ids of the text's tokens. */
  void encode(ByteFallback fallback, IntList ids) {
    for (int symbol = 0; symbol <= symbols; symbol++) {
      next[symbol] = symbol + 1;
      previous[symbol] = symbol - 1;
    }
    for (int symbol = 0; symbol < symbols; symbol++) {
      offerPair(symbol);
    }
    while (!queue.isEmpty()) {
      long entry = queue.remove();
      int symbol = (int) entry;
      if (pairRanks[symbol] == (int) (entry >>> 32)) {
        mergeWithNext(symbol);
      }
    }
    for (int symbol = 0; symbol < symbols; symbol = next[symbol]) {
      emit(starts[symbol], starts[next[symbol]], fallback, ids);
    }
  }

  private void mergeWithNext(int symbol) {
    int absorbed = next[symbol];
    pairRanks[absorbed] = NONE;
    next[symbol] = next[absorbed];
    previous[next[absorbed]] = symbol;
    offerPair(symbol);
    if (previous[symbol] != NONE) {
      offerPair(previous[symbol]);
    }
  }

  private void offerPair(int symbol) {
    pairRanks[symbol] = NONE;
    int right = next[symbol];
    if (right == symbols) {
      return;
    }
    int id = table.find(text, starts[symbol], starts[next[right]]);
    if (id == NONE) {
      return;
    }
    if (vocabulary.type(id) == TokenType.UNUSED) {
      unusedSplits.put(id, starts[right] - starts[symbol]);
    }
    pairRanks[symbol] = vocabulary.rank(id);
    queue.add((long) vocabulary.rank(id) << 32 | symbol);
  }

  private void emit(int from, int to, ByteFallback fallback, IntList ids) {
    int id = table.find(text, from, to);
    if (id == NONE) {
      fallback.emit(text, from, to, ids);
      return;
    }
    Integer split = vocabulary.type(id) == TokenType.UNUSED ? unusedSplits.get(id) : null;
    if (split == null) {
      ids.add(id);
    } else {
      emit(from, from + split, fallback, ids);
      emit(from + split, to, fallback, ids);
    }
  }
}
