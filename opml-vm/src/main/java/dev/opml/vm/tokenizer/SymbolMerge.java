package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import java.util.HashMap;
import java.util.Map;

/**
 * SentencePiece's byte-pair encoding: two symbols may be merged if their union is a token, and it
 * ranks by its score. Not thread-safe.
 */
final class SymbolMerge extends PairMerge {
  private final SentencePieces pieces;
  private byte[] text = {};

  /** Offsets in bytes of the characters in the text; one more for the end of what is encoded. */
  private int[] starts = {};

  /** How unused tokens were put together: length in bytes of the left part, by id. */
  private final Map<Integer, Integer> unusedSplits = new HashMap<>();

  SymbolMerge(SentencePieces pieces) {
    this.pieces = pieces;
  }

  /**
   * Appends the ids of the tokens of {@code utf8[from, to)}, with spaces already written as U+2581.
   * It may start or end inside a character, where a user-defined token was cut out; each byte of a
   * character without its first one is a character of its own.
   */
  void encode(byte[] utf8, int from, int to, IntList ids) {
    text = utf8;
    unusedSplits.clear();
    int symbols = findStarts(from, to);
    merge(symbols);
    for (int symbol = 0; symbol < symbols; symbol = next(symbol)) {
      emit(starts[symbol], starts[next(symbol)], ids);
    }
  }

  private int findStarts(int from, int to) {
    if (starts.length <= to - from) {
      starts = new int[Math.max(to - from + 1, 2 * starts.length)];
    }
    int count = 0;
    for (int i = from; i < to; i += characterLength(text[i])) {
      starts[count++] = i;
    }
    starts[count] = to;
    return count;
  }

  /** Length in bytes of the UTF-8 of a character, by its first byte: by the ones it starts with. */
  private static int characterLength(byte first) {
    return Math.max(1, Integer.numberOfLeadingZeros(~(first << 24)));
  }

  @Override
  int rank(int left, int right, int end) {
    int id = pieces.find(text, starts[left], starts[end]);
    if (id == NONE) {
      return NONE;
    }
    if (pieces.kind(id) == TokenKind.UNUSED) {
      unusedSplits.put(id, starts[right] - starts[left]);
    }
    return pieces.rank(id);
  }

  @Override
  void merged(int left, int rank) {}

  private void emit(int from, int to, IntList ids) {
    int id = pieces.find(text, from, to);
    if (id == NONE) {
      pieces.fallback().emit(text, from, to, ids);
      return;
    }
    Integer split = pieces.kind(id) == TokenKind.UNUSED ? unusedSplits.get(id) : null;
    if (split == null) {
      ids.add(id);
    } else {
      emit(from, from + split, ids);
      emit(from + split, to, ids);
    }
  }
}
