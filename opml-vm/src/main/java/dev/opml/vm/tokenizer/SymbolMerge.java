package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * SentencePiece's byte-pair encoding of one text: two symbols may be merged if their union is a
 * token, and it ranks by its score.
 */
final class SymbolMerge extends PairMerge {
  private final SentencePieces pieces;
  private final byte[] text;

  /** Offsets in bytes of the characters in the text; one more for its end. */
  private final int[] starts;

  /** How unused tokens were put together: length in bytes of the left part, by id. */
  private final Map<Integer, Integer> unusedSplits = new HashMap<>();

  /**
   * Prepares to encode {@code text}: UTF-8 with spaces already written as U+2581. It may start or
   * end inside a character, where a user-defined token was cut out; each byte of a character
   * without its first one is a character of its own.
   */
  SymbolMerge(SentencePieces pieces, byte[] text) {
    this.pieces = pieces;
    this.text = text;
    this.starts = characterStarts(text);
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
  void encode(IntList ids) {
    int symbols = starts.length - 1;
    merge(symbols);
    for (int symbol = 0; symbol < symbols; symbol = next(symbol)) {
      emit(starts[symbol], starts[next(symbol)], ids);
    }
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
