package dev.opml.vm.tokenizer;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufMetadata;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** SentencePiece byte-pair encoding: see {@link Tokenizers#of}. */
final class SentencePieceTokenizer implements Tokenizer {
  /** Longest text in bytes of UTF-8, each space counted as three. */
  private static final int MAX_TEXT_BYTES = 1 << 24;

  private static final String BEGIN = "tokenizer.ggml.bos_token_id";

  /** What GGUF files of this kind mean that do not say. */
  private static final int DEFAULT_BEGIN = 1;

  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final TokenTable table;
  private final ByteFallback fallback;
  private final UserDefinedTokens userDefined;
  private final int begin;
  private final boolean addsBegin;
  private final boolean addsSpace;

  private SentencePieceTokenizer(
      Vocabulary vocabulary, int begin, boolean addsBegin, boolean addsSpace) {
    this.vocabulary = vocabulary;
    this.table = new TokenTable(vocabulary);
    this.fallback = new ByteFallback(vocabulary, table);
    this.userDefined = new UserDefinedTokens(vocabulary);
    this.begin = begin;
    this.addsBegin = addsBegin;
    this.addsSpace = addsSpace;
  }

  static SentencePieceTokenizer of(GgufMetadata metadata) {
    Vocabulary vocabulary = Vocabulary.of(metadata);
    return new SentencePieceTokenizer(
        vocabulary,
        begin(metadata, vocabulary.size()),
        metadata.optionalBoolean("tokenizer.ggml.add_bos_token").orElse(true),
        metadata.optionalBoolean("tokenizer.ggml.add_space_prefix").orElse(true));
  }

  private static int begin(GgufMetadata metadata, int vocabularySize) {
    if (metadata.contains(BEGIN)) {
      return metadata.optionalTokenId(BEGIN, vocabularySize).orElse(NONE);
    }
    return DEFAULT_BEGIN < vocabularySize ? DEFAULT_BEGIN : NONE;
  }

  @Override
  public TokenIds encodePrompt(String text) {
    IntList ids = new IntList();
    if (addsBegin && begin >= 0) {
      ids.add(begin);
    }
    encode(text, ids);
    return TokenIds.of(ids.toArray());
  }

  @Override
  public TokenIds encode(String text) {
    IntList ids = new IntList();
    encode(text, ids);
    return TokenIds.of(ids.toArray());
  }

  private void encode(String text, IntList ids) {
    if (text.length() > MAX_TEXT_BYTES) {
      throw new LimitExceededException("textBytes", MAX_TEXT_BYTES, text.length());
    }
    byte[] bytes = Spaces.utf8(text);
    int from = 0;
    for (int at = 0; at < bytes.length && !userDefined.isEmpty(); ) {
      int id = userDefined.longestAt(bytes, at);
      if (id < 0) {
        at++;
      } else {
        encodePiece(bytes, from, at, ids);
        ids.add(id);
        at += vocabulary.byteLength(id);
        from = at;
      }
    }
    encodePiece(bytes, from, bytes.length, ids);
  }

  private void encodePiece(byte[] bytes, int from, int to, IntList ids) {
    if (from == to) {
      return;
    }
    byte[] escaped = Spaces.escape(bytes, from, to, addsSpace);
    if (escaped.length > MAX_TEXT_BYTES) {
      throw new LimitExceededException("textBytes", MAX_TEXT_BYTES, escaped.length);
    }
    new SymbolMerge(vocabulary, table, escaped).encode(fallback, ids);
  }

  @Override
  public String decode(TokenIds ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.stream().forEach(id -> bytes.writeBytes(pieceBytes(id)));
    byte[] text = bytes.toByteArray();
    int from = addsSpace && text.length > 0 && text[0] == ' ' ? 1 : 0;
    return new String(text, from, text.length - from, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] pieceBytes(int id) {
    return switch (vocabulary.type(Objects.checkIndex(id, vocabulary.size()))) {
      case CONTROL, UNKNOWN -> new byte[0];
      case BYTE -> new byte[] {(byte) ByteFallback.byteOf(vocabulary, id)};
      case NORMAL, USER_DEFINED, UNUSED -> Spaces.unescape(vocabulary.text(id));
    };
  }

  @Override
  public int beginOfSequence() {
    return begin;
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }
}
