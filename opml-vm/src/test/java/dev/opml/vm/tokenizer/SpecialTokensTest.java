package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Detokenizer;
import dev.opml.api.inference.Encoding;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control and user-defined tokens of both kinds of vocabularies. */
class SpecialTokensTest {
  @TempDir Path directory;

  @Test
  void encode_controlTokens_areTextUnlessAskedFor() {
    TestBytePairs vocabulary = new TestBytePairs("gpt-2").control("<|im_end|>").control("<s>");
    vocabulary.writer.uint32("tokenizer.ggml.bos_token_id", 257);
    Tokenizer tokenizer = vocabulary.tokenizer(directory);
    String text = "a<|im_end|>";
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    assertEquals(11, tokenizer.encode(text).size());
    assertEquals(TokenIds.of('a', 256), tokenizer.encode(text, Encoding.MARKUP));
    assertEquals("a", tokenizer.decode(TokenIds.of('a', 256)));
    assertEquals(
        TokenIds.of(257, 'a'),
        tokenizer.encode("<s>a", Encoding.MARKUP_PROMPT),
        "no begin is added unless the model adds one");
    assertEquals(OptionalInt.of(256), tokenizer.find("<|im_end|>"));
    assertEquals(OptionalInt.empty(), tokenizer.find("<|im_en"));
    assertEquals("<|im_end|>", tokenizer.name(256));
    assertEquals(TokenKind.CONTROL, tokenizer.kind(256));
    assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.kind(258));
  }

  @Test
  void encode_sentencePieceControlTokens_areTextUnlessAskedFor() {
    Tokenizer tokenizer = new TestVocabulary().bytes().normal("▁", 0).tokenizer(directory);
    TokenIds text = tokenizer.encode("</s>");
    assertEquals("</s>", tokenizer.decode(text));
    assertEquals(5, text.size());
    // A space is put before the text behind a control token, too.
    assertEquals(
        TokenIds.of(1, 259, 3 + 'a', 2, 259, 3 + 'b'),
        tokenizer.encode("a</s>b", Encoding.MARKUP_PROMPT));
    assertEquals(TokenIds.of(0), tokenizer.encode("<unk>", Encoding.MARKUP));
  }

  @Test
  void encode_longerToken_winsOverAnEarlierOne() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-2")
            .userDefined("abc")
            .userDefined("bcde")
            .userDefined("a")
            .userDefined("cd")
            .userDefined("dc")
            .tokenizer(directory);
    assertEquals(TokenIds.of(258, 257), tokenizer.encode("abcde"));
    assertEquals(TokenIds.of(256, 'd'), tokenizer.encode("abcd"));
    assertEquals(TokenIds.of(256, 256), tokenizer.encode("abcabc"));
    assertEquals(TokenIds.of(259, 'c'), tokenizer.encode("cdc"), "the leftmost of equals");
  }

  @Test
  void encode_phi3_stripsSpaceBehindSpecialTokens() {
    TestVocabulary vocabulary =
        new TestVocabulary().bytes().normal("▁", 0).add("<|user|>", 0, 3).withoutSpacePrefix();
    vocabulary.writer.text("general.name", "Phi3 mini");
    Tokenizer tokenizer = vocabulary.tokenizer(directory);
    assertEquals(
        TokenIds.of(260, 3 + 'a', 259, 260), tokenizer.encode("<|user|> \na <|user|>\t", MARKUP));
    assertEquals(TokenIds.of(1, 259, 2), tokenizer.encode("<s> </s> ", MARKUP));
  }

  private static final Encoding MARKUP = Encoding.MARKUP;

  @Test
  void encode_maskOfJina_stripsSpaceBeforeIt() {
    Tokenizer tokenizer = new TestBytePairs("jina-v2-de").control("<mask>").tokenizer(directory);
    assertEquals(TokenIds.of('a', 256, ' '), tokenizer.encode("a  <mask> ", MARKUP));
  }

  @Test
  void of_namesOfEnds_areFoundWhateverTheirType() {
    TestBytePairs vocabulary =
        new TestBytePairs("gpt-2")
            .token("<|endoftext|>", 1)
            .control("<|im_end|>")
            .control("<|file_sep|>")
            .control("<|fim_prefix|>");
    vocabulary.writer.uint32("tokenizer.ggml.eos_token_id", 'x');
    Tokenizer tokenizer = vocabulary.tokenizer(directory);
    assertEquals(257, tokenizer.endOfTurn());
    assertEquals('x', tokenizer.endOfSequence());
    assertEquals(Set.of((int) 'x', 256, 257, 258), tokenizer.endsOfGeneration());
    assertEquals(TokenKind.CONTROL, tokenizer.kind(256));
    assertThrows(
        UnsupportedOperationException.class, () -> tokenizer.endsOfGeneration().remove(256));
  }

  @Test
  void of_namesOfGptOss_areTextBesideEachOther() {
    Tokenizer tokenizer =
        new TestBytePairs("gpt-4o")
            .control("<|end|>")
            .control("<|return|>")
            .control("<|call|>")
            .control("<|channel|>")
            .tokenizer(directory);
    assertEquals(Set.of(257, 258), tokenizer.endsOfGeneration());
    assertEquals(TokenKind.USER_DEFINED, tokenizer.kind(256));
    assertEquals(TokenKind.USER_DEFINED, tokenizer.kind(259));
  }

  @Test
  void of_noEnds_hasNone() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").tokenizer(directory);
    assertEquals(-1, tokenizer.beginOfSequence());
    assertEquals(-1, tokenizer.endOfSequence());
    assertEquals(-1, tokenizer.endOfTurn());
    assertEquals(Set.of(), tokenizer.endsOfGeneration());
  }

  @Test
  void push_bytesOfACharacter_areHeldBackUntilItIsWhole() {
    Tokenizer tokenizer = new TestBytePairs("gpt-2").control("<s>").tokenizer(directory);
    Detokenizer detokenizer = new Detokenizer(tokenizer);
    byte[] llama = "🦙".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3; i++) {
      assertEquals("", detokenizer.push(llama[i] & 0xff));
    }
    assertEquals("", detokenizer.push(256));
    assertEquals("🦙", detokenizer.push(llama[3] & 0xff));
    assertEquals("", detokenizer.push(llama[0] & 0xff));
    assertEquals("\ufffda", detokenizer.push('a'));
    assertEquals("", detokenizer.push(llama[0] & 0xff));
    assertEquals("\ufffd", detokenizer.end());
  }

  @Test
  void push_firstSpaceOfAText_isLeftOutUnlessItContinuesAPrompt() {
    Tokenizer tokenizer =
        new TestVocabulary().bytes().normal("▁", 0).normal("▁a", 0).tokenizer(directory);
    assertEquals("a", new Detokenizer(tokenizer).push(260));
    assertEquals("a", new Detokenizer(tokenizer, TokenIds.of(1)).push(260));
    assertEquals(" a", new Detokenizer(tokenizer, TokenIds.of(1, 260)).push(260));
    Detokenizer detokenizer = new Detokenizer(tokenizer);
    assertEquals("", detokenizer.push(1));
    assertEquals("", detokenizer.push(259));
    assertEquals(" a", detokenizer.push(260));
  }
}
