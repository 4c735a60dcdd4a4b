package dev.opml.vm.tokenizer;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.gguf.GgufMetadata;

/** SentencePiece byte-pair encoding: see {@link Tokenizers#of}. */
final class SentencePieceTokenizer extends VocabularyTokenizer {
  private static final Defaults DEFAULTS = new Defaults(1, 2, true, true);

  private final SentencePieces pieces;

  SentencePieceTokenizer(GgufMetadata metadata) {
    super(metadata, DEFAULTS);
    pieces = new SentencePieces(metadata, vocabulary());
  }

  @Override
  void encodeText(byte[] utf8, int from, int to, IntList ids) {
    byte[] escaped = Spaces.escape(utf8, from, to, addsSpace());
    if (escaped.length > MAX_TEXT_BYTES) {
      throw new LimitExceededException("textBytes", MAX_TEXT_BYTES, escaped.length);
    }
    RecentWords words = new RecentWords(escaped, ids);
    SymbolMerge merge = new SymbolMerge(pieces);
    for (int start = 0; start < escaped.length; ) {
      int end = pieces.wordEnd(escaped, start);
      words.encode(start, end, merge::encode);
      start = end;
    }
  }

  @Override
  byte[] textBytes(int id) {
    return Spaces.unescape(vocabulary().texts().get(id));
  }
}
