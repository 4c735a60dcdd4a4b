package dev.opml.vm.architecture;

import static dev.opml.vm.architecture.SourceFile.require;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.vm.gguf.GgufMetadata;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderModel;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopeFactors;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.graph.Weight;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
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

  private static final String ROPE_FREQS = "rope_freqs.weight";
  private static final String FACTORS_SHORT = "rope_factors_short.weight";
  private static final String FACTORS_LONG = "rope_factors_long.weight";
  private static final String ORIGINAL_CONTEXT = "rope.scaling.original_context_length";
  private static final float ROPE_BASE = 10000;

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
    int kvHeads = source.ofAllLayers("attention.head_count_kv", heads);
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
   * The rotary embedding of all layers, with the factors of {@code rope_freqs.weight} and a linear
   * scaling.
   *
   * @param headDim elements of a head
   */
  RopeAngles rope(int headDim, RopePairing pairing) {
    requireScaling("linear");
    float magnitude = source.optionalFloat("rope.scaling.attn_factor", 1);
    require(magnitude == 1, source.key("rope.scaling.attn_factor") + " " + magnitude);
    int dimension = ropeDimension(headDim);
    float scale = linearScale();
    List<Float> factors = source.has(ROPE_FREQS) ? factors(ROPE_FREQS, dimension / 2) : List.of();
    if (scale != 1) {
      List<Float> each = factors.isEmpty() ? Collections.nCopies(dimension / 2, 1f) : factors;
      factors = each.stream().map(factor -> scaled(factor, scale)).toList();
    }
    return rope(dimension, ropeBase(), RopeFactors.of(factors), 1, pairing);
  }

  private static float scaled(float factor, float scale) {
    float product = factor * scale;
    require(product > 0 && Float.isFinite(product), "rope factor " + factor + " times " + scale);
    return product;
  }

  /** A rotary embedding without factors, and with a base of its own. */
  RopeAngles rope(int headDim, float base, RopePairing pairing) {
    return rope(ropeDimension(headDim), base, RopeFactors.NONE, 1, pairing);
  }

  /**
   * The rotary embedding of all layers, with factors that depend on whether the context is longer
   * than what the model was trained with first.
   */
  RopeAngles longRope(int headDim, RopePairing pairing) {
    requireScaling("longrope");
    require(linearScale() == 1, source.key("rope.scaling.factor") + " " + linearScale());
    int dimension = ropeDimension(headDim);
    int limit = optionalInt(ORIGINAL_CONTEXT, source.positive("context_length"));
    float magnitude = source.optionalFloat("rope.scaling.attn_factor", 1);
    require(magnitude > 0, source.key("rope.scaling.attn_factor") + " " + magnitude);
    boolean any = source.has(FACTORS_SHORT) || source.has(FACTORS_LONG);
    RopeFactors factors =
        any
            ? new RopeFactors(
                factors(FACTORS_SHORT, dimension / 2), limit, factors(FACTORS_LONG, dimension / 2))
            : RopeFactors.NONE;
    return rope(dimension, ropeBase(), factors, magnitude, pairing);
  }

  private static RopeAngles rope(
      int dimension, float base, RopeFactors factors, float magnitude, RopePairing pairing) {
    require(base > 0 && Float.isFinite(base), "rope base " + base);
    return new RopeAngles(dimension, base, factors, magnitude, pairing);
  }

  private int ropeDimension(int headDim) {
    int dimension = optionalInt("rope.dimension_count", headDim);
    require(
        dimension > 0 && dimension % 2 == 0 && dimension <= headDim, "rope dimension " + dimension);
    return dimension;
  }

  /** The base of the angles of layers that have none of their own. */
  float ropeBase() {
    return metadata().optionalFloat(source.key("rope.freq_base")).orElse(ROPE_BASE);
  }

  private void requireScaling(String understood) {
    String scaling = metadata().optionalString(source.key("rope.scaling.type")).orElse(understood);
    require(
        scaling.equals(understood) || (scaling.equals("none") && linearScale() == 1),
        source.key("rope.scaling.type") + " " + scaling);
  }

  /**
   * The divisor of angles, under its name or an older one; 0 is none. Where a file names no type of
   * scaling, a factor still means a linear one to llama.cpp.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp">llama.cpp,
   *     llama-model.cpp</a>
   */
  private float linearScale() {
    float scale =
        source.optionalFloat("rope.scaling.factor", source.optionalFloat("rope.scale_linear", 1));
    require(scale >= 0, source.key("rope.scaling.factor") + " " + scale);
    return scale == 0 ? 1 : scale;
  }

  private List<Float> factors(String name, int pairs) {
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
    return model(shape, 1, 1, 0, layer);
  }

  /**
   * The same with scales.
   *
   * @param embeddingScale what embeddings are multiplied by
   * @param logitScale what logits are multiplied by
   * @param logitCap soft cap of logits, 0 for none
   */
  DecoderModel model(
      DecoderShape shape,
      float embeddingScale,
      float logitScale,
      float logitCap,
      Function<DecoderBlock, DecoderLayer> layer) {
    int width = shape.embeddingLength();
    int vocabulary = shape.vocabularySize();
    float epsilon = metadata().requireFloat(source.key("attention.layer_norm_rms_epsilon"));
    require(epsilon >= 0 && Float.isFinite(epsilon), "norm epsilon " + epsilon);
    Weight embedding = matrix("token_embd", width, vocabulary);
    boolean tied = !source.has("output.weight");
    List<DecoderLayer> layers = new ArrayList<>();
    int count = source.positive("block_count");
    for (int i = 0; i < count; i++) {
      layers.add(layer.apply(new DecoderBlock(source, shape, i)));
    }
    return new DecoderModel(
        shape,
        stopTokens(vocabulary),
        epsilon,
        embedding,
        embeddingScale,
        layers,
        norm("output_norm", width),
        tied ? embedding : matrix("output", width, vocabulary),
        logitScale,
        logitCap);
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

  private Weight matrix(String name, long columns, long rows) {
    return source.matrix(name, columns, rows);
  }

  private long norm(String name, long length) {
    return source.norm(name, length);
  }
}
