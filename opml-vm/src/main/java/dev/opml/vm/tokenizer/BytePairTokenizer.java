package dev.opml.vm.tokenizer;

import dev.opml.vm.gguf.GgufMetadata;

/** Byte-level byte-pair encoding: see {@link Tokenizers#of}. */
final class BytePairTokenizer extends VocabularyTokenizer {
  private final PreTokenizer preTokenizer;

  /**
   * The texts of the tokens; a token that the alphabet of bytes does not write is text as it is.
   */
  private final TokenTexts texts;

  /** The tokens that text can spell. */
  private final TokenTable table;

  private final MergeTable merges;

  BytePairTokenizer(GgufMetadata metadata, PreTokenizer preTokenizer) {
    super(metadata, new Defaults(NONE, NONE, preTokenizer.addsBegin(), false));
    this.preTokenizer = preTokenizer;
    TokenTexts written = vocabulary().texts();
    boolean[] spelled = new boolean[written.size()];
    texts =
        written.map(id -> {
          byte[] text = written.get(id);
          byte[] bytes = ByteAlphabet.decode(text, 0, text.length);
          spelled[id] = bytes != null && vocabulary().kind(id).isText();
          return bytes == null ? text : bytes;
        });
    table = new TokenTable(texts, id -> spelled[id]);
    merges = new MergeTable(metadata.requireTexts("tokenizer.ggml.merges"), table, written.size());
  }

  @Override
  void encodeText(byte[] utf8, int from, int to, IntList ids) {
    Characters characters = Characters.of(utf8, from, to);
    byte[] text = characters.utf8();
    RecentWords words = new RecentWords(text, ids);
    RecentWords.Encoder encoder = encoder();
    int character = 0;
    int start = 0;
    for (int wordEnd : preTokenizer.split(characters)) {
      int end = start;
      for (; character < wordEnd; character++) {
        end += characters.utf8Length(character);
      }
      words.encode(start, end, encoder);
      start = end;
    }
  }

  private RecentWords.Encoder encoder() {
    BytePairMerge merge = new BytePairMerge(merges);
    if (!preTokenizer.wholeWords()) {
      return merge::encode;
    }
    return (text, from, to, ids) -> {
      int whole = table.find(text, from, to);
      if (whole == NONE) {
        merge.encode(text, from, to, ids);
      } else {
        ids.add(whole);
      }
    };
  }

  @Override
  byte[] textBytes(int id) {
    return texts.get(id);
  }
}
