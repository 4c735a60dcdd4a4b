package dev.opml.vm.tokenizer;

/**
 * The loop of byte-pair encoding: of all neighbours that may be merged, the pair of the lowest rank
 * is, the leftmost of equals first, until there is none. O(n log n) for n symbols. It can be used
 * again; not thread-safe.
 *
 * <p>A symbol is named by the index of its first part, from 0. Symbols are adjacent, so one ends
 * where the next starts.
 */
abstract class PairMerge {
  static final int NONE = -1;

  private int symbols;
  private int[] next = {};
  private int[] previous = {};

  /**
   * Rank of the union of a symbol and its next, or NONE. An entry of the queue that differs is out
   * of date.
   */
  private int[] pairRanks = {};

  /** Entries {@code rank << 32 | symbol}. */
  private final LongHeap queue = new LongHeap(64);

  /**
   * The rank of a pair, or NONE if it is not to be merged.
   *
   * @param left a symbol
   * @param right the symbol behind it
   * @param end where that one ends
   */
  abstract int rank(int left, int right, int end);

  /** Is told that {@code left} has become the union of a pair of {@code rank}. */
  abstract void merged(int left, int rank);

  /** Merges the symbols from 0 up to {@code count}. */
  final void merge(int count) {
    symbols = count;
    if (next.length <= count) {
      int capacity = Math.max(count + 1, 2 * next.length);
      next = new int[capacity];
      previous = new int[capacity];
      pairRanks = new int[capacity];
    }
    for (int symbol = 0; symbol <= count; symbol++) {
      next[symbol] = symbol + 1;
      previous[symbol] = symbol - 1;
    }
    for (int symbol = 0; symbol < count; symbol++) {
      offerPair(symbol);
    }
    while (!queue.isEmpty()) {
      long entry = queue.remove();
      int symbol = (int) entry;
      if (pairRanks[symbol] == (int) (entry >>> 32)) {
        mergeWithNext(symbol);
      }
    }
  }

  /** The end of a symbol: the next one, or the number of symbols there were. */
  final int next(int symbol) {
    return next[symbol];
  }

  private void mergeWithNext(int symbol) {
    merged(symbol, pairRanks[symbol]);
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
    int right = next[symbol];
    int rank = right == symbols ? NONE : rank(symbol, right, next[right]);
    pairRanks[symbol] = rank;
    if (rank != NONE) {
      queue.add(((long) rank << 32) | symbol);
    }
  }
}
