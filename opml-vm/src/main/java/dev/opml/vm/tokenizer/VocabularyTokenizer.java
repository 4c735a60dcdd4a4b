package dev.opml.vm.tokenizer;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Encoding;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufMetadata;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/** The part that all tokenizers of GGUF files share: all but the text between special tokens. */
abstract sealed class VocabularyTokenizer implements Tokenizer
    permits SentencePieceTokenizer, BytePairTokenizer {
  /** Longest text in bytes of UTF-8, each space counted as SentencePiece writes it. */
  static final int MAX_TEXT_BYTES = 1 << 24;

  static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final ControlTokens control;
  private final TokenTable names;
  private final SpecialTokens userDefined;
  private final SpecialTokens special;
  private final boolean addsBegin;
  private final boolean addsEnd;
  private final boolean addsSpace;

  /**
   * Meanings, to a kind of tokenizer, of entries that a file does not have.
   *
   * @param begin id of the beginning of a sequence, or -1
   * @param end id of the end of a sequence, or -1
   * @param addsBegin whether a text starts with the beginning of a sequence
   * @param addsSpace whether a space is put before a text
   */
  record Defaults(int begin, int end, boolean addsBegin, boolean addsSpace) {}

  VocabularyTokenizer(GgufMetadata metadata, Defaults defaults) {
    Vocabulary read = Vocabulary.of(metadata);
    names = new TokenTable(read.texts(), _ -> true);
    control = ControlTokens.of(metadata, read, names, defaults.begin, defaults.end);
    vocabulary = control.vocabulary();
    TokenStrips strips = new TokenStrips(metadata, vocabulary, names);
    userDefined = new SpecialTokens(vocabulary, kind -> kind == TokenKind.USER_DEFINED, strips);
    special = new SpecialTokens(vocabulary, SpecialTokens::isSpecial, strips);
    addsBegin = metadata.optionalBoolean("tokenizer.ggml.add_bos_token").orElse(defaults.addsBegin);
    addsEnd = metadata.optionalBoolean("tokenizer.ggml.add_eos_token").orElse(false);
    addsSpace =
        metadata.optionalBoolean("tokenizer.ggml.add_space_prefix").orElse(defaults.addsSpace);
  }

  /** The tokens with their kinds. */
  final Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Appends the ids of {@code utf8[from, to)}, which has no special tokens. */
  abstract void encodeText(byte[] utf8, int from, int to, IntList ids);

  /** The bytes of a token of text. */
  abstract byte[] textBytes(int id);

  @Override
  public final TokenIds encode(String text, Encoding encoding) {
    if (text.length() > MAX_TEXT_BYTES) {
      throw new LimitExceededException("textBytes", MAX_TEXT_BYTES, text.length());
    }
    IntList ids = new IntList();
    if (encoding.bounds() && addsBegin && control.begin() != NONE) {
      ids.add(control.begin());
    }
    byte[] utf8 = Spaces.utf8(text);
    for (var part : (encoding.controlTokens() ? special : userDefined).split(utf8)) {
      if (part.isToken()) {
        ids.add(part.id());
      } else {
        encodeText(utf8, part.from(), part.to(), ids);
      }
    }
    if (encoding.bounds() && addsEnd && control.end() != NONE) {
      ids.add(control.end());
    }
    return TokenIds.of(ids.toArray());
  }

  @Override
  public final String decode(TokenIds ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.stream().forEach(id -> bytes.writeBytes(pieceBytes(id)));
    byte[] text = bytes.toByteArray();
    int from = addsSpace && text.length > 0 && text[0] == ' ' ? 1 : 0;
    return new String(text, from, text.length - from, StandardCharsets.UTF_8);
  }

  @Override
  public final byte[] pieceBytes(int id) {
    return switch (kind(id)) {
      case CONTROL, UNKNOWN -> new byte[0];
      case BYTE -> new byte[] {(byte) ByteFallback.byteOf(vocabulary, id)};
      case USER_DEFINED -> vocabulary.texts().get(id);
      case NORMAL, UNUSED -> textBytes(id);
    };
  }

  @Override
  public final boolean addsSpace() {
    return addsSpace;
  }

  @Override
  public final OptionalInt find(String name) {
    int id = names.find(name);
    return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public final String name(int id) {
    return new String(
        vocabulary.texts().get(Objects.checkIndex(id, vocabulary.size())), StandardCharsets.UTF_8);
  }

  @Override
  public final TokenKind kind(int id) {
    return vocabulary.kind(Objects.checkIndex(id, vocabulary.size()));
  }

  @Override
  public final int beginOfSequence() {
    return control.begin();
  }

  @Override
  public final int endOfSequence() {
    return control.end();
  }

  @Override
  public final int endOfTurn() {
    return control.endOfTurn();
  }

  @Override
  public final Set<Integer> endsOfGeneration() {
    return control.ends();
  }

  @Override
  public final int vocabularySize() {
    return vocabulary.size();
  }
}
