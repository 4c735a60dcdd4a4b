package dev.opml.vm.testing;

import dev.opml.vm.gguf.GgmlType;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Tiny models that nobody has trained, of any architecture: random shapes, with or without each
 * part that a file may have or lack, every tensor in a format of its own, weights and scales
 * anything from ordinary to infinities, NaNs and subnormals. Equal seeds give equal models.
 */
public final class RandomModel {
  /** The architectures; seeds in a row take turns. */
  public static final List<String> ARCHITECTURES =
      List.of("llama", "qwen2", "qwen3", "smollm3", "granite", "gemma2", "gemma3", "phi3");

  private static final int[] WINDOWS = {0, 1, 2, 5, 17, 33};

  /** Context length that files state. */
  private static final int CONTEXT = 256;

  private static final int NORMAL_TOKEN = 1;
  private static final int UNKNOWN_TOKEN = 2;

  /** Shape of a model; {@code width} and {@code hidden} decide which formats are possible. */
  public record Shape(
      int width, int headDim, int kvHeads, int group, int hidden, int vocabulary, int layers) {}

  private enum Kind {
    /** Anything. */
    ANY,
    /** No part that may be absent. */
    PLAIN,
    /** Anything, but every weight an F32 of a size that keeps activations of usual size. */
    FLOAT32
  }

  private final Random random;

  /** Decides on parts, so that shapes and weights do not depend on what parts there are. */
  private final Random parts;

  private final RandomWeights weights;
  private final String architecture;
  private final Kind kind;
  private final GgufWriter file = new GgufWriter();
  private boolean gaps;

  private RandomModel(long seed, String architecture, Kind kind) {
    random = new Random(seed);
    // Generators with seeds in a row begin with nearly the same numbers.
    parts = new Random(new SplittableRandom(seed).nextLong());
    weights = new RandomWeights(random, kind == Kind.FLOAT32 || seed % 2 == 0);
    this.architecture = architecture;
    this.kind = kind;
  }

  /** A whole file of a random shape. */
  public static byte[] bytes(long seed) {
    RandomModel model = new RandomModel(seed, architecture(seed), Kind.ANY);
    return model.write(model.shape()).toByteArray();
  }

  /** A whole file of a given architecture and shape. */
  public static byte[] bytes(long seed, String architecture, Shape shape) {
    return new RandomModel(seed, architecture, Kind.ANY).write(shape).toByteArray();
  }

  /** The same with tensors at multiples of eight bytes, half of them at odd ones. */
  public static byte[] alignedTo8(long seed, Shape shape) {
    RandomModel model = new RandomModel(seed, architecture(seed), Kind.ANY);
    model.file.alignment(8);
    model.gaps = true;
    return model.write(shape).toByteArray();
  }

  private static String architecture(long seed) {
    return ARCHITECTURES.get(Math.floorMod(seed, ARCHITECTURES.size()));
  }

  /**
   * A LLaMA file of a given shape without any part that may be absent, to which more can be added.
   */
  public static GgufWriter of(long seed, Shape shape) {
    return new RandomModel(seed, "llama", Kind.PLAIN).write(shape);
  }

  /** A file of a random shape whose weights are F32 and ordinary. */
  public static GgufWriter float32(long seed, String architecture) {
    RandomModel model = new RandomModel(seed, architecture, Kind.FLOAT32);
    return model.write(model.shape());
  }

  private int pick(int... values) {
    return values[random.nextInt(values.length)];
  }

  private Shape shape() {
    int kvHeads = 1 + random.nextInt(3);
    int group = 1 + random.nextInt(3);
    int vocabulary = 2 + random.nextInt(120);
    int layers = 1 + random.nextInt(2);
    // Of the fourth layer on, one does not rotate.
    return likely(kvHeads, group, vocabulary, architecture.equals("smollm3") ? 4 : layers);
  }

  private Shape likely(int kvHeads, int group, int vocabulary, int layers) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> // odd sizes: dense formats only
          new Shape(
              width(1 + random.nextInt(90)),
              2 + random.nextInt(40),
              kvHeads,
              group,
              1 + random.nextInt(150),
              vocabulary,
              layers);
      case 2, 3 -> {
        int headDim = pick(8, 16, 32, 64, 96);
        yield new Shape(
            32 * (1 + random.nextInt(4)),
            headDim,
            kvHeads,
            Math.max(1, 32 / headDim) * group,
            32 * (1 + random.nextInt(5)),
            vocabulary,
            layers);
      }
      default -> {
        int headDim = pick(32, 64, 128);
        yield new Shape(256, headDim, pick(1, 2), 256 / headDim, 256, vocabulary, 1);
      }
    };
  }

  /** Parts of a matrix begin at a multiple of 8 bytes, whatever its format and their rows. */
  private int width(int any) {
    return isFused() ? 4 * ((any + 3) / 4) : any;
  }

  private boolean isFused() {
    return architecture.equals("phi3");
  }

  private boolean isGemma() {
    return architecture.startsWith("gemma");
  }

  private GgufWriter write(Shape s) {
    int ropeDim = 2 * (1 + random.nextInt(s.headDim / 2));
    metadata(s, ropeDim);
    vocabulary(s.vocabulary);
    matrix("token_embd", s.width, s.vocabulary);
    boolean factors = parts.nextBoolean();
    if (factors && isLlama()) {
      file.tensor("rope_freqs.weight", 0, weights.positive(ropeDim / 2), ropeDim / 2);
    } else if (factors && isFused()) {
      file.tensor("rope_factors_short.weight", 0, weights.positive(ropeDim / 2), ropeDim / 2);
      file.tensor("rope_factors_long.weight", 0, weights.positive(ropeDim / 2), ropeDim / 2);
    }
    for (int layer = 0; layer < s.layers; layer++) {
      layer("blk." + layer + ".", s);
    }
    norm("output_norm", s.width);
    if (random.nextBoolean() && !isGemma()) {
      matrix("output", s.width, s.vocabulary);
    }
    return file;
  }

  /** Whether what only LLaMA files may have may be there. */
  private boolean isLlama() {
    return kind != Kind.PLAIN && architecture.equals("llama");
  }

  private void metadata(Shape s, int ropeDim) {
    String prefix = architecture + ".";
    file.text("general.architecture", architecture)
        .uint32(prefix + "context_length", CONTEXT)
        .uint32(prefix + "embedding_length", s.width)
        .uint32(prefix + "block_count", s.layers)
        .uint32(prefix + "feed_forward_length", s.hidden)
        .uint32(prefix + "attention.head_count", s.kvHeads * s.group)
        .uint32(prefix + "attention.head_count_kv", s.kvHeads)
        .uint32(prefix + "attention.key_length", s.headDim)
        .float32(prefix + "attention.layer_norm_rms_epsilon", random.nextBoolean() ? 1e-5f : 0)
        .uint32("tokenizer.ggml.eos_token_id", random.nextInt(s.vocabulary));
    if (ropeDim != s.headDim || parts.nextBoolean()) {
      file.uint32(prefix + "rope.dimension_count", ropeDim);
    }
    boolean otherBase = parts.nextBoolean();
    if (otherBase && kind != Kind.PLAIN) {
      file.float32(prefix + "rope.freq_base", 1_000_000);
    }
    int window = parts.nextInt(2 * WINDOWS.length);
    if (window < WINDOWS.length && (isLlama() || isGemma())) {
      file.uint32(prefix + "attention.sliding_window", WINDOWS[window]);
    }
    switch (architecture) {
      case "granite" ->
          file.float32(prefix + "logit_scale", 1 + parts.nextInt(8))
              .float32(prefix + "embedding_scale", parts.nextInt(13))
              .float32(prefix + "residual_scale", parts.nextInt(3) * 0.25f)
              .float32(prefix + "attention.scale", parts.nextInt(3) * 0.0625f)
              .bool(prefix + "rope.scaling.finetuned", parts.nextInt(3) != 0);
      case "gemma2" ->
          file.float32(prefix + "attn_logit_softcapping", 10 * parts.nextInt(3))
              .float32(prefix + "final_logit_softcapping", 15 * parts.nextInt(3));
      case "gemma3" ->
          file.uint32(prefix + "attention.sliding_window_pattern", 1 + parts.nextInt(3))
              .float32(prefix + "rope.scaling.factor", 1 + 7 * parts.nextInt(2))
              .float32(prefix + "rope.freq_base_swa", 5_000 + 5_000 * parts.nextInt(2));
      case "phi3" ->
          file.uint32(prefix + "rope.scaling.original_context_length", CONTEXT / 2)
              .uint32(prefix + "attention.sliding_window", 3)
              .float32(prefix + "rope.scaling.attn_factor", 1 + parts.nextInt(3) * 0.125f);
      default -> {}
    }
  }

  private void layer(String prefix, Shape s) {
    int queries = s.kvHeads * s.group * s.headDim;
    int keys = s.kvHeads * s.headDim;
    norm(prefix + "attn_norm", s.width);
    if (isFused()) {
      product(prefix, "attn_qkv", s.width, queries + 2 * keys);
    } else {
      product(prefix, "attn_q", s.width, queries);
      product(prefix, "attn_k", s.width, keys);
      product(prefix, "attn_v", s.width, keys);
    }
    if (architecture.equals("qwen3") || architecture.equals("gemma3")) {
      norm(prefix + "attn_q_norm", s.headDim);
      norm(prefix + "attn_k_norm", s.headDim);
    }
    product(prefix, "attn_output", queries, s.width);
    norm(prefix + "ffn_norm", s.width);
    if (isFused()) {
      product(prefix, "ffn_up", s.width, 2 * s.hidden);
    } else {
      product(prefix, "ffn_gate", s.width, s.hidden);
      product(prefix, "ffn_up", s.width, s.hidden);
    }
    product(prefix, "ffn_down", s.hidden, s.width);
    if (isGemma()) {
      norm(prefix + "post_attention_norm", s.width);
      norm(prefix + "post_ffw_norm", s.width);
    }
  }

  private void vocabulary(int size) {
    String[] texts = new String[size];
    int[] types = new int[size];
    for (int id = 0; id < size; id++) {
      texts[id] = "t" + id;
      types[id] = id == 0 ? UNKNOWN_TOKEN : NORMAL_TOKEN;
    }
    file.text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", texts)
        .floats("tokenizer.ggml.scores", new float[size])
        .ints("tokenizer.ggml.token_type", types);
  }

  /** A matrix, and its bias where there is one. */
  private void product(String prefix, String role, int columns, int rows) {
    matrix(prefix + role, columns, rows);
    boolean bias = parts.nextInt(3) == 0 && kind != Kind.PLAIN;
    if (bias || (architecture.equals("qwen2") && role.matches("attn_[qkv]"))) {
      file.tensor(prefix + role + ".bias", 0, vector(rows, 0), rows);
    }
  }

  private void matrix(String name, int columns, int rows) {
    GgmlType type;
    do {
      type = GgmlType.values()[random.nextInt(GgmlType.values().length)];
    } while (columns % type.blockSize() != 0);
    long elements = (long) columns * rows;
    if (gaps && parts.nextBoolean()) {
      file.data(new byte[8]);
    }
    if (kind == Kind.FLOAT32) {
      byte[] bytes = weights.normal(elements, 0, 1.5 / Math.sqrt(columns));
      file.tensor(name + ".weight", GgmlType.F32.id(), bytes, columns, rows);
    } else {
      file.tensor(name + ".weight", type.id(), weights.of(type, elements), columns, rows);
    }
  }

  private void norm(String name, int length) {
    file.tensor(name + ".weight", GgmlType.F32.id(), vector(length, 1), length);
  }

  private byte[] vector(int length, double mean) {
    return kind == Kind.FLOAT32
        ? weights.normal(length, mean, 0.3)
        : weights.of(GgmlType.F32, length);
  }
}
