package dev.opml.vm.architecture;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
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
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A model file as an architecture reads it. Keeps account of the metadata and tensors that were
 * asked for: what was not, and could change the result, makes the model another one than the graph
 * would compute.
 */
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

  /** Most elements of any vector: bytes of vectors and of KV rows then fit into an int. */
  private static final int MOST_ELEMENTS = 1 << 28;

  private static final int LEAST_CONTEXT = 2;

  /**
   * Where a file names no type of scaling, a factor still means a linear one to llama.cpp.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp">llama.cpp,
   *     llama-model.cpp</a>
   */
  private static final List<String> ROPE_FACTORS =
      List.of("rope.scaling.factor", "rope.scale_linear", "rope.scaling.attn_factor");

  private final GgufFile file;
  private final String prefix;
  private final Set<String> keys = new HashSet<>();
  private final Set<String> tensors = new HashSet<>();

  DecoderFile(GgufFile file, String architecture) {
    this.file = file;
    prefix = architecture + ".";
  }

  private GgufMetadata metadata() {
    return file.metadata();
  }

  private String key(String name) {
    keys.add(prefix + name);
    return prefix + name;
  }

  /** An integer above 0. */
  private int positive(String name) {
    int value = metadata().requireInt(key(name));
    require(value > 0, prefix + name + " " + value);
    return value;
  }

  /** The number of elements of a vector, or of its heads. */
  private int size(String name) {
    int value = positive(name);
    require(value <= MOST_ELEMENTS, prefix + name + " " + value);
    return value;
  }

  /** An integer that is not negative, or {@code absent}. */
  int optionalInt(String name, int absent) {
    int value = metadata().optionalInt(key(name)).orElse(absent);
    require(value >= 0, prefix + name + " " + value);
    return value;
  }

  /** Sizes of the model. */
  DecoderShape shape() {
    int width = size("embedding_length");
    int heads = size("attention.head_count");
    int kvHeads = optionalInt("attention.head_count_kv", heads);
    require(kvHeads > 0 && heads % kvHeads == 0, heads + " heads, " + kvHeads + " key/value heads");
    require(
        optionalInt("expert_count", 0) == 0, prefix + "expert_count is not 0: mixture of experts");
    require(
        metadata().optionalBoolean(key("attention.causal")).orElse(true),
        prefix + "attention.causal is false");
    long vocabulary = file.requireTensor("token_embd.weight").rows();
    require(vocabulary <= MOST_ELEMENTS, "a vocabulary of " + vocabulary);
    int context = positive("context_length");
    require(context >= LEAST_CONTEXT, prefix + "context_length " + context);
    return new DecoderShape(
        width,
        heads,
        kvHeads,
        headDim(width, heads),
        size("feed_forward_length"),
        (int) vocabulary,
        context);
  }

  private int headDim(int width, int heads) {
    String name = "attention.key_length";
    require(
        metadata().contains(prefix + name) || width % heads == 0,
        "an embedding length of " + width + " for " + heads + " heads");
    int headDim = optionalInt(name, width / heads);
    int valueDim = optionalInt("attention.value_length", headDim);
    require(
        headDim > 0 && headDim == valueDim, "key length " + headDim + ", value length " + valueDim);
    require((long) headDim * heads <= MOST_ELEMENTS, heads + " heads of " + headDim + " elements");
    return headDim;
  }

  /**
   * The rotary embedding of all layers, with the factors of {@code rope_freqs.weight}.
   *
   * @param headDim elements of a head
   */
  RopeAngles rope(int headDim, RopePairing pairing) {
    String scaling = metadata().optionalString(key("rope.scaling.type")).orElse("none");
    require(scaling.equals("none"), prefix + "rope.scaling.type " + scaling);
    for (String name : ROPE_FACTORS) {
      float factor = metadata().optionalFloat(key(name)).orElse(1f);
      require(factor == 0 || factor == 1, prefix + name + " " + factor);
    }
    int dimension = optionalInt("rope.dimension_count", headDim);
    float base = metadata().optionalFloat(key("rope.freq_base")).orElse(10000f);
    require(
        dimension > 0 && dimension % 2 == 0 && dimension <= headDim, "rope dimension " + dimension);
    require(base > 0 && Float.isFinite(base), "rope base " + base);
    return new RopeAngles(dimension, base, ropeFactors(dimension / 2), pairing);
  }

  private List<Float> ropeFactors(int pairs) {
    String name = "rope_freqs.weight";
    if (file.tensor(name).isEmpty()) {
      return List.of();
    }
    GgufTensor tensor = vector(name, pairs);
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
    float epsilon = metadata().requireFloat(key("attention.layer_norm_rms_epsilon"));
    require(epsilon >= 0 && Float.isFinite(epsilon), "norm epsilon " + epsilon);
    Weight embedding = matrix("token_embd", width, vocabulary);
    boolean tied = file.tensor("output.weight").isEmpty();
    List<DecoderLayer> layers = new ArrayList<>();
    int count = positive("block_count");
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
    GgufTensor tensor = tensor(name + ".weight", List.of(columns, rows));
    return new Weight(tensor.type(), MemoryRegion.MODEL.base() + tensor.offset());
  }

  /** Address of the weights of a norm. */
  long norm(String name, long length) {
    return MemoryRegion.MODEL.base() + vector(name + ".weight", length).offset();
  }

  /** Address of a bias; 0 if there is none. */
  long optionalBias(String name, long length) {
    return file.tensor(name + ".bias").isEmpty()
        ? 0
        : MemoryRegion.MODEL.base() + vector(name + ".bias", length).offset();
  }

  private GgufTensor vector(String name, long length) {
    GgufTensor tensor = tensor(name, List.of(length));
    require(
        tensor.type() == GgmlType.F32,
        "tensor " + name + " has type " + tensor.type() + ", expected F32");
    return tensor;
  }

  private GgufTensor tensor(String name, List<Long> shape) {
    GgufTensor tensor = file.requireTensor(name);
    require(
        tensor.shape().equals(shape),
        "tensor " + name + " has shape " + tensor.shape() + ", expected " + shape);
    tensors.add(name);
    return tensor;
  }

  /**
   * Refuses what nobody asked for: a tensor, or metadata of the architecture.
   *
   * @throws UnsupportedModelException naming it
   */
  void requireAllUnderstood() {
    for (GgufTensor tensor : file.tensors()) {
      require(
          tensors.contains(tensor.name()),
          "tensor " + tensor.name() + " has no place in a " + prefix + "* graph");
    }
    Set<String> known = new HashSet<>(keys);
    WITHOUT_EFFECT.forEach(name -> known.add(prefix + name));
    Stream<String> all = metadata().asMap().keySet().stream();
    all.filter(key -> key.startsWith(prefix) && !known.contains(key))
        .findFirst()
        .ifPresent(key -> require(false, "metadata key " + key + " is not understood"));
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new UnsupportedModelException(what);
    }
  }
}
