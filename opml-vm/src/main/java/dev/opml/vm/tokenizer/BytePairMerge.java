package dev.opml.vm.tokenizer;

import java.util.Arrays;

/** Byte-level byte-pair encoding of words. Not thread-safe. */
final class BytePairMerge extends PairMerge {
  private final MergeTable merges;
  private int[] symbols = {};

  BytePairMerge(MergeTable merges) {
    this.merges = merges;
  }

  /**
   * Appends the tokens of {@code text[from, to)}. Bytes of a symbol that is no token are the tokens
   * of these bytes; a byte without a token is left out, as llama.cpp does.
   */
  void encode(byte[] text, int from, int to, IntList ids) {
    int size = to - from;
    if (symbols.length < size) {
      symbols = Arrays.copyOf(symbols, Math.max(size, 2 * symbols.length));
    }
    for (int i = 0; i < size; i++) {
      symbols[i] = merges.ofByte(text[from + i] & 0xff);
    }
    merge(size);
    for (int symbol = 0; symbol < size; symbol = next(symbol)) {
      if (merges.isToken(symbols[symbol])) {
        ids.add(symbols[symbol]);
      } else {
        spell(text, from + symbol, from + next(symbol), ids);
      }
    }
  }

  private void spell(byte[] text, int from, int to, IntList ids) {
    for (int i = from; i < to; i++) {
      int id = merges.ofByte(text[i] & 0xff);
      if (merges.isToken(id)) {
        ids.add(id);
      }
    }
  }

  @Override
  int rank(int left, int right, int end) {
    return merges.rank(symbols[left], symbols[right]);
  }

  @Override
  void merged(int left, int rank) {
    symbols[left] = merges.result(rank);
  }
}
