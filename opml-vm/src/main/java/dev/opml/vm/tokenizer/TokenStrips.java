package dev.opml.vm.tokenizer;

import dev.opml.vm.gguf.GgufMetadata;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * The special tokens that swallow white space beside them. Files do not tell; like llama.cpp, this
 * goes by the names of models and pre-tokenizers. Immutable.
 */
final class TokenStrips {
  private static final List<String> MASK_PRE = List.of("jina-v2-de", "jina-v2-es", "jina-v2-code");

  private final BitSet left = new BitSet();
  private final BitSet right = new BitSet();

  /**
   * Finds the tokens.
   *
   * @param names all tokens by their texts
   */
  TokenStrips(GgufMetadata metadata, Vocabulary vocabulary, TokenTable names) {
    String model = metadata.optionalString("general.name").orElse("").toLowerCase(Locale.ROOT);
    String pre = metadata.optionalString("tokenizer.ggml.pre").orElse("");
    if (MASK_PRE.stream().anyMatch(pre::contains)) {
      set(left, names.find("<mask>"), true);
    } else if (model.contains("phi-3") || model.contains("phi3")) {
      for (int id = 0; id < vocabulary.size(); id++) {
        right.set(id, SpecialTokens.isSpecial(vocabulary.kind(id)));
      }
      set(right, names.find("</s>"), true);
      for (String name : List.of("<unk>", "<s>", "<|endoftext|>")) {
        set(right, names.find(name), false);
      }
    } else if (model.contains("modern-bert")) {
      set(left, names.find("[MASK]"), true);
    }
  }

  private static void set(BitSet tokens, int id, boolean strips) {
    if (id >= 0) {
      tokens.set(id, strips);
    }
  }

  /** Whether the token swallows white space before it. */
  boolean left(int id) {
    return left.get(id);
  }

  /** Whether the token swallows white space behind it. */
  boolean right(int id) {
    return right.get(id);
  }
}
