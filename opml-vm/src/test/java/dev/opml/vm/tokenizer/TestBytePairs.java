package dev.opml.vm.tokenizer;

import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.testing.GgufWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Small byte-level vocabularies. The id of a byte's token is the byte; others follow in the order
 * of the calls.
 */
final class TestBytePairs {
  final GgufWriter writer = new GgufWriter().text("tokenizer.ggml.model", "gpt2");
  private final List<byte[]> texts = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();

  TestBytePairs(String pre) {
    this();
    writer.text("tokenizer.ggml.pre", pre);
  }

  TestBytePairs() {
    for (int b = 0; b < 256; b++) {
      token(written(b), 1);
    }
  }

  /** Writes a byte as byte-level vocabularies do; straight from the definition in GPT-2's code. */
  static String written(int b) {
    int c = b;
    if (b <= ' ') {
      c = 0x100 + b;
    } else if (b >= 0x7f && b <= 0xa0) {
      c = 0x121 + b - 0x7f;
    } else if (b == 0xad) {
      c = 0x143;
    }
    return Character.toString(c);
  }

  static String written(String text) {
    StringBuilder written = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      written.append(written(b & 0xff));
    }
    return written.toString();
  }

  TestBytePairs token(String text, int type) {
    texts.add(text.getBytes(StandardCharsets.UTF_8));
    types.add(type);
    return this;
  }

  TestBytePairs control(String name) {
    return token(name, 3);
  }

  TestBytePairs userDefined(String name) {
    return token(name, 4);
  }

  /** Adds a token of text. */
  TestBytePairs word(String text) {
    return token(written(text), 1);
  }

  /** Adds a merge of two pieces of text, of the next rank, and no token. */
  TestBytePairs mergeOnly(String left, String right) {
    return rawMerge(written(left) + " " + written(right));
  }

  TestBytePairs rawMerge(String merge) {
    merges.add(merge);
    return this;
  }

  /** Adds a merge of two pieces of text, of the next rank, and the token it makes. */
  TestBytePairs merge(String left, String right) {
    return mergeOnly(left, right).word(left + right);
  }

  Tokenizer tokenizer(Path directory) {
    writer
        .texts("tokenizer.ggml.tokens", texts)
        .ints("tokenizer.ggml.token_type", types.stream().mapToInt(t -> t).toArray())
        .texts("tokenizer.ggml.merges", merges.toArray(String[]::new));
    return TestVocabulary.open(writer, directory);
  }
}
