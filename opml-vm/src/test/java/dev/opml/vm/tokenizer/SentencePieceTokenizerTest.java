package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.WrongMetadataTypeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTokenizerTest {
  private static final String BEGIN = "tokenizer.ggml.bos_token_id";

  @TempDir Path directory;

  @Test
  void encode_equalScores_mergesTheLeftmostFirst() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("a", -9)
            .normal("aa", -1)
            .tokenizer(directory);
    assertEquals(TokenIds.of(4, 3), tokenizer.encode("aaa"));
    assertEquals(TokenIds.of(4, 4), tokenizer.encode("aaaa"));
  }

  @Test
  void encode_higherScore_winsOverTheLeft() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("a", -9)
            .normal("b", -9)
            .normal("c", -9)
            .normal("ab", -2)
            .normal("bc", -1)
            .tokenizer(directory);
    assertEquals(TokenIds.of(3, 7), tokenizer.encode("abc"));
    assertEquals(TokenIds.of(6, 3), tokenizer.encode("aba"));
  }

  @Test
  void encode_zerosOfBothSigns_areEqualScores() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("a", -9)
            .normal("b", -9)
            .normal("c", -9)
            .normal("ab", -0f)
            .normal("bc", 0f)
            .tokenizer(directory);
    assertEquals(TokenIds.of(6, 5), tokenizer.encode("abc"));
  }

  @Test
  void encode_charactersOutsideTheVocabulary_areSpelledInBytes() {
    Tokenizer tokenizer = new TestVocabulary().bytes().normal("▁", -1).tokenizer(directory);
    assertEquals(TokenIds.of(259, 3 + 0xc3, 3 + 0xa9, 259, 3), tokenizer.encode("é \0"));
    assertEquals("é \0", tokenizer.decode(tokenizer.encode("é \0")));
  }

  @Test
  void encode_withoutByteTokens_usesTheUnknownToken() {
    Tokenizer tokenizer = new TestVocabulary().normal("a", 0).tokenizer(directory);
    assertEquals(TokenIds.of(0, 3, 0), tokenizer.encode("aé"));
    assertEquals("a", tokenizer.decode(TokenIds.of(0, 3, 0)));
  }

  @Test
  void encode_oneByteTokenMissing_costsThatByteOnly() {
    TestVocabulary vocabulary = new TestVocabulary().withoutSpacePrefix();
    byte[] llama = "🦙".getBytes(StandardCharsets.UTF_8); // f0 9f a6 99
    vocabulary.byteToken(llama[0]).byteToken(llama[1]).byteToken(llama[3]).normal("b", 0);
    Tokenizer tokenizer = vocabulary.tokenizer(directory);
    assertEquals(TokenIds.of(3, 4, 0, 5, 6), tokenizer.encode("🦙b"));
  }

  /** As llama.cpp: there may be a token whose text is the byte. */
  @Test
  void encode_byteTokenMissing_usesTheTokenOfThatText() {
    TestVocabulary vocabulary = new TestVocabulary().withoutSpacePrefix();
    vocabulary.byteToken(0xc3).add(new byte[] {(byte) 0xa9}, 0, 1);
    assertEquals(TokenIds.of(3, 4), vocabulary.tokenizer(directory).encode("é"));
  }

  /** The rest of the character is spelled by its bytes, with and without the space before it. */
  @Test
  void encode_userDefinedTokenInsideACharacter_losesNoByte() {
    byte[] start = {(byte) 0xf0, (byte) 0x9f};
    byte[] middle = {(byte) 0x9f, (byte) 0xa6};
    Tokenizer tokenizer =
        new TestVocabulary().withoutSpacePrefix().bytes().add(start, 0, 4).tokenizer(directory);
    assertEquals(TokenIds.of(259, 3 + 0xa6, 3 + 0x99), tokenizer.encode("🦙"));
    assertEquals("a🦙b", tokenizer.decode(tokenizer.encode("a🦙b")));
    tokenizer =
        new TestVocabulary().withoutSpacePrefix().bytes().add(middle, 0, 4).tokenizer(directory);
    assertEquals(TokenIds.of(3 + 0xf0, 259, 3 + 0x99), tokenizer.encode("🦙"));
    tokenizer = new TestVocabulary().bytes().normal("▁", 0).add(start, 0, 4).tokenizer(directory);
    assertEquals(TokenIds.of(260, 259, 3 + 0xa6, 3 + 0x99), tokenizer.encode("🦙"));
  }

  @Test
  void encode_unpairedSurrogate_isTheReplacementCharacter() {
    Tokenizer tokenizer = new TestVocabulary().bytes().tokenizer(directory);
    assertEquals(tokenizer.encode("a\ufffdb"), tokenizer.encode("a\ud800b"));
  }

  @Test
  void encode_textThatLooksLikeAControlToken_isText() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("<", -1)
            .normal("s", -1)
            .normal(">", -1)
            .normal("<s", -1)
            .bytes()
            .tokenizer(directory);
    assertEquals(TokenIds.of(6, 5), tokenizer.encode("<s>"));
    TokenIds byteName = tokenizer.encode("<0x41>");
    assertEquals("<0x41>", tokenizer.decode(byteName));
  }

  @Test
  void encode_userDefinedTokens_areMatchedLongestAndStartANewText() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .userDefined("[x")
            .userDefined("[x]")
            .normal("▁", -2)
            .normal("a", -1)
            .normal("▁a", -1)
            .tokenizer(directory);
    assertEquals(TokenIds.of(7, 4, 7, 3), tokenizer.encode("a[x]a[x"));
    assertEquals(TokenIds.of(4), tokenizer.encode("[x]"));
    assertEquals("[x]", tokenizer.decode(TokenIds.of(4)));
  }

  @Test
  void encode_unusedTokens_areSplitAgain() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("a", -9)
            .normal("b", -9)
            .unused("ab", -1)
            .normal("abab", -2)
            .tokenizer(directory);
    assertEquals(TokenIds.of(3, 4), tokenizer.encode("ab"));
    assertEquals(TokenIds.of(6), tokenizer.encode("abab"));
    assertEquals(TokenIds.of(6, 3, 4), tokenizer.encode("ababab"));
  }

  @Test
  void encode_nothing_isNoToken() {
    Tokenizer tokenizer = new TestVocabulary().normal("▁", 0).tokenizer(directory);
    assertEquals(TokenIds.EMPTY, tokenizer.encode(""));
    assertEquals(TokenIds.of(1), tokenizer.encodePrompt(""));
    assertEquals("", tokenizer.decode(TokenIds.of(1)));
  }

  @Test
  void encodePrompt_modelWithoutBegin_addsNone() {
    var none = new TestVocabulary().normal("a", 0).withoutSpacePrefix();
    none.writer.uint32(BEGIN, -1);
    Tokenizer tokenizer = none.tokenizer(directory);
    assertEquals(-1, tokenizer.beginOfSequence());
    assertEquals(TokenIds.of(3), tokenizer.encodePrompt("a"));
    var unwanted = new TestVocabulary().normal("a", 0).withoutSpacePrefix();
    unwanted.writer.uint32(BEGIN, 2);
    unwanted.writer.bool("tokenizer.ggml.add_bos_token", false);
    tokenizer = unwanted.tokenizer(directory);
    assertEquals(2, tokenizer.beginOfSequence());
    assertEquals(TokenIds.of(3), tokenizer.encodePrompt("a"));
  }

  @Test
  void of_beginOutsideTheVocabulary_isRefused() {
    var vocabulary = new TestVocabulary().normal("a", 0);
    vocabulary.writer.uint32(BEGIN, 4);
    var e = assertThrows(WrongMetadataTypeException.class, () -> vocabulary.tokenizer(directory));
    assertEquals(BEGIN, e.key());
  }

  @Test
  void of_noBeginNamed_isTheSecondTokenIfThereIsOne() {
    assertEquals(1, new TestVocabulary().tokenizer(directory).beginOfSequence());
    assertEquals(
        -1, TestVocabulary.empty().add("<unk>", 0, 2).tokenizer(directory).beginOfSequence());
  }

  @Test
  void decode_bytesAndControl_givesUtf8WithReplacements() {
    Tokenizer tokenizer = new TestVocabulary().bytes().normal("▁a▁", 0).tokenizer(directory);
    byte[] llama = "🦙".getBytes(StandardCharsets.UTF_8);
    TokenIds ids = TokenIds.of(1, 259, 3 + (llama[0] & 0xff), 3 + (llama[1] & 0xff));
    assertEquals("a \ufffd", tokenizer.decode(ids.concat(TokenIds.of(2))));
    ids = ids.concat(TokenIds.of(3 + (llama[2] & 0xff), 3 + (llama[3] & 0xff)));
    assertEquals("a 🦙", tokenizer.decode(ids));
    assertArrayEquals(" a ".getBytes(StandardCharsets.UTF_8), tokenizer.pieceBytes(259));
    assertArrayEquals(new byte[] {llama[0]}, tokenizer.pieceBytes(3 + (llama[0] & 0xff)));
    assertArrayEquals(new byte[0], tokenizer.pieceBytes(1));
    assertEquals(260, tokenizer.vocabularySize());
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.pieceBytes(260));
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.pieceBytes(-1));
  }

  @Test
  void decode_withoutSpacePrefix_keepsALeadingSpace() {
    Tokenizer tokenizer =
        new TestVocabulary().withoutSpacePrefix().normal("▁a", 0).tokenizer(directory);
    assertEquals(" a", tokenizer.decode(TokenIds.of(3)));
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void encode_aMillionCharacters_takesNoQuadraticTime() {
    Tokenizer tokenizer =
        new TestVocabulary()
            .withoutSpacePrefix()
            .normal("a", -9)
            .normal("aa", -1)
            .normal("a".repeat(4), -2)
            .normal("a".repeat(8), -3)
            .tokenizer(directory);
    assertEquals(125_000, tokenizer.encode("a".repeat(1_000_000)).size());
  }

  @Test
  void encode_tooLong_namesTheLimit() {
    Tokenizer tokenizer = new TestVocabulary().normal("a", 0).tokenizer(directory);
    var e =
        assertThrows(
            LimitExceededException.class, () -> tokenizer.encode(" ".repeat((1 << 24) / 3)));
    assertEquals("textBytes", e.limitName());
    assertEquals((1 << 24) / 3 * 3L + 3, e.value());
  }
}
