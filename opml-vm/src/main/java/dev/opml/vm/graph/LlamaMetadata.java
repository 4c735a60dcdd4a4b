package dev.opml.vm.graph;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads what a LLaMA graph needs from a file's metadata, and refuses what the graph would get
 * wrong.
 */
final class LlamaMetadata {
  private static final String ARCHITECTURE = "llama";
  private static final List<String> STOP_KEYS =
      List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id");

  private static final List<String> ROPE_FACTORS =
      List.of("llama.rope.scaling.factor", "llama.rope.scale_linear");

  private LlamaMetadata() {}

  /**
   * Reads the hyperparameters.
   *
   * @throws UnsupportedModelException if the model is of another architecture or its numbers do not
   *     fit together
   * @throws dev.opml.api.OpmlException if a key is missing or has another type
   */
  static LlamaConfig config(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String architecture = metadata.requireString("general.architecture");
    require(architecture.equals(ARCHITECTURE), "architecture " + architecture);
    String scaling = metadata.optionalString("llama.rope.scaling.type").orElse("none");
    require(scaling.equals("none"), "llama.rope.scaling.type " + scaling);
    for (String key : ROPE_FACTORS) {
      // Where a file names no type, a factor still means linear scaling to llama.cpp.
      float factor = metadata.optionalFloat(key).orElse(1f);
      require(factor == 0 || factor == 1, key + " " + factor);
    }
    require(
        metadata.optionalInt("llama.expert_count").orElse(0) == 0,
        "llama.expert_count is not 0: mixture of experts");
    int width = positive(metadata, "llama.embedding_length");
    int heads = positive(metadata, "llama.attention.head_count");
    int kvHeads = metadata.optionalInt("llama.attention.head_count_kv").orElse(heads);
    int headDim = metadata.optionalInt("llama.attention.key_length").orElse(width / heads);
    int valueDim = metadata.optionalInt("llama.attention.value_length").orElse(headDim);
    int ropeDim = metadata.optionalInt("llama.rope.dimension_count").orElse(headDim);
    float base = metadata.optionalFloat("llama.rope.freq_base").orElse(10000f);
    float epsilon = metadata.requireFloat("llama.attention.layer_norm_rms_epsilon");
    require(kvHeads > 0 && heads % kvHeads == 0, heads + " heads, " + kvHeads + " key/value heads");
    require(
        headDim > 0 && headDim == valueDim, "key length " + headDim + ", value length " + valueDim);
    require((long) headDim * heads <= Integer.MAX_VALUE / 4, headDim + " elements a head");
    require(ropeDim > 0 && ropeDim % 2 == 0 && ropeDim <= headDim, "rope dimension " + ropeDim);
    require(base > 0 && Float.isFinite(base), "rope base " + base);
    require(epsilon >= 0 && Float.isFinite(epsilon), "norm epsilon " + epsilon);
    long vocabulary = file.requireTensor("token_embd.weight").rows();
    require(vocabulary <= Integer.MAX_VALUE / 4, "a vocabulary of " + vocabulary);
    return new LlamaConfig(
        width,
        positive(metadata, "llama.block_count"),
        heads,
        kvHeads,
        headDim,
        positive(metadata, "llama.feed_forward_length"),
        (int) vocabulary,
        positive(metadata, "llama.context_length"),
        base,
        ropeDim,
        epsilon);
  }

  /**
   * Ids of the tokens that end a text, without repetition.
   *
   * @throws dev.opml.vm.gguf.WrongMetadataTypeException if one is not in the vocabulary
   */
  static TokenIds stopTokens(GgufFile file, int vocabularySize) {
    return TokenIds.of(
        STOP_KEYS.stream()
            .map(key -> file.metadata().optionalTokenId(key, vocabularySize))
            .flatMapToInt(OptionalInt::stream)
            .distinct()
            .limit(GraphHeader.MAX_STOP_TOKENS)
            .toArray());
  }

  private static int positive(GgufMetadata metadata, String key) {
    int value = metadata.requireInt(key);
    require(value > 0, key + " " + value);
    return value;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new UnsupportedModelException(what);
    }
  }
}
