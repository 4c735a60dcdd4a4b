package dev.opml.vm.tokenizer;

import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;

/** Makes the tokenizer that a model file asks for. */
public final class Tokenizers {
  private static final String MODEL = "tokenizer.ggml.model";

  private Tokenizers() {}

  /**
   * Makes the tokenizer of a model. It copies what it needs, so {@code file} may be closed
   * afterwards.
   *
   * <p>The model {@code llama} is SentencePiece byte-pair encoding by score with byte fallback. Its
   * text is split at user-defined tokens first (leftmost, then longest); like llama.cpp, it then
   * puts a space before the text and after each of those tokens, unless {@code
   * tokenizer.ggml.add_space_prefix} is false. A character that is in no token is spelled by the
   * tokens of its bytes; only bytes that have none become the unknown token. Unpaired surrogates
   * are encoded as U+FFFD.
   *
   * @throws dev.opml.vm.gguf.MissingMetadataException if the file has no tokenizer, or an
   *     incomplete one
   * @throws dev.opml.vm.gguf.WrongMetadataTypeException if an entry of the tokenizer has another
   *     type, or a token id is outside the vocabulary
   * @throws UnsupportedTokenizerException if it is of another kind
   * @throws MalformedVocabularyException if its vocabulary contradicts itself
   * @throws dev.opml.api.LimitExceededException if its vocabulary is unreasonably large
   */
  public static Tokenizer of(GgufFile file) {
    String model = file.metadata().requireString(MODEL);
    return switch (model) {
      case "llama" -> SentencePieceTokenizer.of(file.metadata());
      default -> throw new UnsupportedTokenizerException(model);
    };
  }
}
