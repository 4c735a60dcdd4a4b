package dev.opml.vm.architecture;

import static dev.opml.vm.architecture.SourceFile.require;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgufMetadata;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderModel;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.graph.Weight;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** Metadata and tensors that decoder-only models have in common. */
final class DecoderFile {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final List<String> STOP_KEYS =
      List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id");

  /**
   * Keys that converters write, and that say nothing about the logits, or nothing that the tensors
   * do not say: how long texts were before the context was extended, how embeddings are pooled, and
   * a parallel residual, which old converters claim of every model, though no architecture here has
   * one.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py">the
   *     keys of llama.cpp's converters</a>
   */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "vocab_size",
          "tensor_data_layout",
          "expert_used_count",
          "rope.scaling.original_context_length",
          "rope.scaling.finetuned",
          "pooling_type",
          "use_parallel_residual");

  private static final int LEAST_CONTEXT = 2;

  /**
   * Where a file names no type of scaling, a factor still means a linear one to llama.cpp.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp">llama.cpp,
   *     llama-model.cpp</a>
   */
  private static final List<String> ROPE_FACTORS =
      List.of("rope.scaling.factor", "rope.scale_linear", "rope.scaling.attn_factor");

  private final SourceFile source;

  DecoderFile(SourceFile source) {
    this.source = source;
    WITHOUT_EFFECT.forEach(source::key);
  }

  private GgufMetadata metadata() {
    return source.metadata();
  }

  /** An integer that is not negative, or {@code absent}. */
  int optionalInt(String name, int absent) {
    return source.optionalInt(name, absent);
  }

  /** Sizes of the model. */
  DecoderShape shape() {
    int width = source.size("embedding_length");
    int heads = source.size("attention.head_count");
    int kvHeads = optionalInt("attention.head_count_kv", heads);
    require(kvHeads > 0 && heads % kvHeads == 0, heads + " heads, " + kvHeads + " key/value heads");
    require(
        optionalInt("expert_count", 0) == 0,
        source.key("expert_count") + " is not 0: mixture of experts");
    require(
        metadata().optionalBoolean(source.key("attention.causal")).orElse(true),
        source.key("attention.causal") + " is false");
    int vocabulary = SourceFile.size(source.tensor("token_embd.weight").rows(), "a vocabulary of");
    int context = source.positive("context_length");
    require(context >= LEAST_CONTEXT, source.key("context_length") + " " + context);
    return new DecoderShape(
        width,
        heads,
        kvHeads,
        headDim(width, heads),
        source.size("feed_forward_length"),
        vocabulary,
        context);
  }

  private int headDim(int width, int heads) {
    String name = "attention.key_length";
    require(
        metadata().contains(source.key(name)) || width % heads == 0,
        "an embedding length of " + width + " for " + heads + " heads");
    int headDim = optionalInt(name, width / heads);
    int valueDim = optionalInt("attention.value_length", headDim);
    require(
        headDim > 0 && headDim == valueDim, "key length " + headDim + ", value length " + valueDim);
    SourceFile.size((long) headDim * heads, heads + " heads of " + headDim + " elements:");
    return headDim;
  }

  /**
   * The rotary embedding of all layers, with the factors of {@code rope_freqs.weight}.
   *
   * @param headDim elements of a head
   */
  RopeAngles rope(int headDim, RopePairing pairing) {
    String scaling = metadata().optionalString(source.key("rope.scaling.type")).orElse("none");
    require(scaling.equals("none"), source.key("rope.scaling.type") + " " + scaling);
    for (String name : ROPE_FACTORS) {
      float factor = metadata().optionalFloat(source.key(name)).orElse(1f);
      require(factor == 0 || factor == 1, source.key(name) + " " + factor);
    }
    int dimension = optionalInt("rope.dimension_count", headDim);
    float base = metadata().optionalFloat(source.key("rope.freq_base")).orElse(10000f);
    require(
        dimension > 0 && dimension % 2 == 0 && dimension <= headDim, "rope dimension " + dimension);
    require(base > 0 && Float.isFinite(base), "rope base " + base);
    return new RopeAngles(dimension, base, ropeFactors(dimension / 2), pairing);
  }

  private List<Float> ropeFactors(int pairs) {
    String name = "rope_freqs.weight";
    if (!source.has(name)) {
      return List.of();
    }
    GgufTensor tensor = source.vector(name, pairs);
    List<Float> factors = new ArrayList<>();
    for (int j = 0; j < pairs; j++) {
      float factor = tensor.data().getAtIndex(FLOAT, j);
      require(factor > 0 && Float.isFinite(factor), "element " + j + " of " + name + ": " + factor);
      factors.add(factor);
    }
    return factors;
  }

  /** The model around its layers. */
  DecoderModel model(DecoderShape shape, Function<DecoderBlock, DecoderLayer> layer) {
    int width = shape.embeddingLength();
    int vocabulary = shape.vocabularySize();
    float epsilon = metadata().requireFloat(source.key("attention.layer_norm_rms_epsilon"));
    require(epsilon >= 0 && Float.isFinite(epsilon), "norm epsilon " + epsilon);
    Weight embedding = matrix("token_embd", width, vocabulary);
    boolean tied = !source.has("output.weight");
    List<DecoderLayer> layers = new ArrayList<>();
    int count = source.positive("block_count");
    for (int i = 0; i < count; i++) {
      layers.add(layer.apply(new DecoderBlock(this, shape, i)));
    }
    return new DecoderModel(
        shape,
        stopTokens(vocabulary),
        epsilon,
        embedding,
        layers,
        norm("output_norm", width),
        tied ? embedding : matrix("output", width, vocabulary));
  }

  /** Ids of the tokens that end a text, without repetition. */
  private TokenIds stopTokens(int vocabularySize) {
    return TokenIds.of(
        STOP_KEYS.stream()
            .map(key -> metadata().optionalTokenId(key, vocabularySize))
            .flatMapToInt(OptionalInt::stream)
            .distinct()
            .limit(GraphHeader.MAX_STOP_TOKENS)
            .toArray());
  }

  /** The matrix of a name. */
  Weight matrix(String name, long columns, long rows) {
    return source.matrix(name, columns, rows);
  }

  /** Address of the weights of a norm. */
  long norm(String name, long length) {
    return MemoryRegion.MODEL.base() + source.vector(name + ".weight", length).offset();
  }

  /** Address of a bias; 0 if there is none. */
  long optionalBias(String name, long length) {
    return source.optionalBias(name, length);
  }
}
