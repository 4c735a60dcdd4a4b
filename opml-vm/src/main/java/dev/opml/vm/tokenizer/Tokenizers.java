package dev.opml.vm.tokenizer;

import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.List;

/** Makes the tokenizer that a model file asks for. */
public final class Tokenizers {
  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";

  private Tokenizers() {}

  /**
   * Makes the tokenizer of a model of any architecture, also of a file without tensors. It copies
   * what it needs, so {@code file} may be closed afterwards. It gives the ids that llama.cpp does.
   *
   * <p>The model {@code llama} is SentencePiece byte-pair encoding by score with byte fallback. It
   * puts a space before the text and after each special token in it, unless {@code
   * tokenizer.ggml.add_space_prefix} is false. A character that is in no token is spelled by the
   * tokens of its bytes; only bytes that have none become the unknown token.
   *
   * <p>The model {@code gpt2} is byte-pair encoding of the bytes of words by ranked merges. What a
   * word is {@code tokenizer.ggml.pre} says; {@code default} if it is missing.
   *
   * @throws dev.opml.vm.gguf.MissingMetadataException if the file has no tokenizer, or an
   *     incomplete one
   * @throws dev.opml.vm.gguf.WrongMetadataTypeException if an entry of the tokenizer has another
   *     type, or a token id is outside the vocabulary
   * @throws UnsupportedTokenizerException if it is of another kind, or has another pre-tokenizer
   * @throws MalformedVocabularyException if its vocabulary contradicts itself
   * @throws dev.opml.api.LimitExceededException if its vocabulary is unreasonably large
   */
  public static Tokenizer of(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String model = metadata.requireString(MODEL);
    return switch (model) {
      case "llama" -> new SentencePieceTokenizer(metadata);
      case "gpt2" -> new BytePairTokenizer(metadata, preTokenizer(metadata));
      default -> throw new UnsupportedTokenizerException(MODEL, model, List.of("llama", "gpt2"));
    };
  }

  private static PreTokenizer preTokenizer(GgufMetadata metadata) {
    String name = metadata.optionalString(PRE).filter(pre -> !pre.isEmpty()).orElse("default");
    return PreTokenizer.named(name)
        .orElseThrow(() -> new UnsupportedTokenizerException(PRE, name, PreTokenizer.allNames()));
  }
}
