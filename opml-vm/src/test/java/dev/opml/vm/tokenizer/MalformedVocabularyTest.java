package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.gguf.MissingMetadataException;
import dev.opml.vm.gguf.WrongMetadataTypeException;
import dev.opml.vm.testing.GgufWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MalformedVocabularyTest {
  @TempDir Path directory;

  @Test
  void of_unknownModel_namesIt() {
    var e = refused(UnsupportedTokenizerException.class, new GgufWriter().text(model(), "bert"));
    assertEquals("bert", e.name());
    assertEquals(model(), e.key());
  }

  @Test
  void of_missingEntries_namesThem() {
    assertEquals(model(), refused(MissingMetadataException.class, new GgufWriter()).key());
    var writer = new GgufWriter().text(model(), "llama").texts("tokenizer.ggml.tokens", "a");
    var e = refused(MissingMetadataException.class, writer);
    assertEquals("tokenizer.ggml.scores", e.key());
  }

  @Test
  void of_wrongTypes_areRefused() {
    var writer = new GgufWriter().text(model(), "llama").ints("tokenizer.ggml.tokens", 1);
    refused(WrongMetadataTypeException.class, writer);
  }

  @Test
  void of_differentLengths_areRefused() {
    var writer =
        new GgufWriter()
            .text(model(), "llama")
            .texts("tokenizer.ggml.tokens", "<unk>", "a")
            .floats("tokenizer.ggml.scores", 0, 0)
            .ints("tokenizer.ggml.token_type", 2);
    assertEquals(-1, refused(MalformedVocabularyException.class, writer).tokenId());
  }

  @Test
  void of_noTokens_isRefused() {
    malformed(TestVocabulary.empty(), -1);
  }

  @Test
  void of_typesOutOfRange_areRefused() {
    malformed(new TestVocabulary().add("a", 0, 7), 3);
    malformed(new TestVocabulary().add("a", 0, 0), 3);
    malformed(new TestVocabulary().add("a", 0, -1), 3);
  }

  @Test
  void of_misspelledByte_isRefused() {
    malformed(new TestVocabulary().add("<0x4>", 0, 6), 3);
  }

  @Test
  void of_neitherAllBytesNorUnknown_isRefused() {
    malformed(TestVocabulary.empty().add("<0x41>", 0, 6).normal("a", 0), -1);
  }

  @Test
  void of_overlongToken_namesTheLimit() {
    var vocabulary = new TestVocabulary().normal("a".repeat(1024), 0).normal("b".repeat(1025), 0);
    var e = assertThrows(LimitExceededException.class, () -> vocabulary.tokenizer(directory));
    assertEquals("tokenBytes (token 4)", e.limitName());
    assertEquals(1025, e.value());
  }

  private static String model() {
    return "tokenizer.ggml.model";
  }

  private void malformed(TestVocabulary vocabulary, int tokenId) {
    var e = assertThrows(MalformedVocabularyException.class, () -> vocabulary.tokenizer(directory));
    assertEquals(tokenId, e.tokenId());
  }

  private <T extends Throwable> T refused(Class<T> type, GgufWriter writer) {
    return assertThrows(type, () -> TestVocabulary.open(writer, directory));
  }
}
