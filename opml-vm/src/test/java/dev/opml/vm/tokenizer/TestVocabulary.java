package dev.opml.vm.tokenizer;

import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.GgufWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiny vocabularies. Ids are in the order of the calls, after {@code <unk>}, {@code <s>}, {@code
 * </s>}.
 */
final class TestVocabulary {
  final GgufWriter writer = new GgufWriter().text("tokenizer.ggml.model", "llama");
  private final List<byte[]> texts = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();

  TestVocabulary() {
    add("<unk>", 0, 2).add("<s>", 0, 3).add("</s>", 0, 3);
  }

  /** A vocabulary of nothing at all. */
  static TestVocabulary empty() {
    TestVocabulary vocabulary = new TestVocabulary();
    vocabulary.texts.clear();
    vocabulary.scores.clear();
    vocabulary.types.clear();
    return vocabulary;
  }

  TestVocabulary add(String text, float score, int type) {
    return add(text.getBytes(StandardCharsets.UTF_8), score, type);
  }

  /** Adds a token of any bytes. */
  TestVocabulary add(byte[] text, float score, int type) {
    texts.add(text);
    scores.add(score);
    types.add(type);
    return this;
  }

  TestVocabulary normal(String text, float score) {
    return add(text, score, 1);
  }

  TestVocabulary userDefined(String text) {
    return add(text, 0, 4);
  }

  TestVocabulary unused(String text, float score) {
    return add(text, score, 5);
  }

  /** Adds the tokens of all bytes; that of byte b gets the next id plus b. */
  TestVocabulary bytes() {
    for (int b = 0; b < 256; b++) {
      byteToken(b);
    }
    return this;
  }

  /** Adds the token of a byte. */
  TestVocabulary byteToken(int b) {
    return add("<0x%02X>".formatted(b & 0xff), 0, 6);
  }

  TestVocabulary withoutSpacePrefix() {
    writer.bool("tokenizer.ggml.add_space_prefix", false);
    return this;
  }

  Tokenizer tokenizer(Path directory) {
    float[] scoreArray = new float[scores.size()];
    for (int i = 0; i < scoreArray.length; i++) {
      scoreArray[i] = scores.get(i);
    }
    writer
        .texts("tokenizer.ggml.tokens", texts)
        .floats("tokenizer.ggml.scores", scoreArray)
        .ints("tokenizer.ggml.token_type", types.stream().mapToInt(t -> t).toArray());
    return open(writer, directory);
  }

  static Tokenizer open(GgufWriter writer, Path directory) {
    try (GgufFile file = GgufFile.open(writer.write(directory))) {
      return Tokenizers.of(file);
    }
  }
}
