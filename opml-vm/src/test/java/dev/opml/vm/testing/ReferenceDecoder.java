package dev.opml.vm.testing;

import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufTensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Logits of small F32 models in binary64, straight from the definitions of the architectures. Any
 * product may have a bias.
 */
public final class ReferenceDecoder {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bits after the leading one of a binary16, and the exponent of the least that has that one. */
  private static final int HALF_BITS = 10;

  private static final int LEAST_HALF_EXPONENT = -14;

  /** What binary32 may have added to the error of a key, of the largest one's magnitude. */
  private static final double ROUNDING = 1e-5;

  private final GgufFile file;
  private final Cache cache;
  private final int contextLimit;
  private final String architecture;
  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final int ropeDim;
  private final double epsilon;
  private final Map<String, double[]> tensors = new HashMap<>();
  private final List<Layer> layers = new ArrayList<>();

  /**
   * Names of a layer's tensors begin with its prefix; keys and values are those of all positions.
   */
  private record Layer(String prefix, List<double[]> keys, List<double[]> values) {}

  /** Keys and values that an engine has stored, in binary16. */
  @FunctionalInterface
  public interface Cache {
    /** Element {@code i} of all heads. */
    double at(int layer, boolean values, int position, int i);
  }

  /**
   * Reads the numbers of a file that stays open.
   *
   * @param contextLimit most positions of the engine's texts
   * @param cache what keys and values are checked against and then taken from: what is just between
   *     two binary16 numbers may rightly become either, and makes a difference of 1e-4
   */
  public ReferenceDecoder(GgufFile file, int contextLimit, Cache cache) {
    this.file = file;
    this.contextLimit = contextLimit;
    this.cache = cache;
    architecture = file.metadata().requireString("general.architecture");
    heads = file.metadata().requireInt(architecture + ".attention.head_count");
    kvHeads = integer("attention.head_count_kv", heads);
    headDim =
        integer(
            "attention.key_length",
            file.metadata().requireInt(architecture + ".embedding_length") / heads);
    ropeDim = integer("rope.dimension_count", headDim);
    epsilon = file.metadata().requireFloat(architecture + ".attention.layer_norm_rms_epsilon");
    for (int i = 0; i < file.metadata().requireInt(architecture + ".block_count"); i++) {
      layers.add(new Layer("blk." + i + ".", new ArrayList<>(), new ArrayList<>()));
    }
  }

  private boolean is(String... names) {
    return List.of(names).contains(architecture);
  }

  private double number(String name, double absent) {
    return file.metadata()
        .optionalFloat(architecture + "." + name)
        .map(Float::doubleValue)
        .orElse(absent);
  }

  /** A number of which 0 stands for another. */
  private double scale(String name, double absent) {
    double value = number(name, 0);
    return value == 0 ? absent : value;
  }

  private int integer(String name, int absent) {
    return file.metadata().optionalInt(architecture + "." + name).orElse(absent);
  }

  /**
   * Logits after the next token of the text so far.
   *
   * @throws AssertionError if the cache has a key or value that is not the nearest binary16
   */
  public double[] next(int token) {
    int width = tensor("output_norm.weight").length;
    double[] x = new double[width];
    System.arraycopy(tensor("token_embd.weight"), token * width, x, 0, width);
    multiply(x, is("gemma2", "gemma3") ? Math.sqrt(width) : scale("embedding_scale", 1));
    for (int index = 0; index < layers.size(); index++) {
      String prefix = layers.get(index).prefix;
      double[] normed = normalised(x, 0, width, prefix + "attn_norm");
      double[] attended = product(prefix + "attn_output", attended(index, normed));
      addBlock(x, attended, prefix + "post_attention_norm");
      normed = normalised(x, 0, width, prefix + "ffn_norm");
      addBlock(x, product(prefix + "ffn_down", hidden(prefix, normed)), prefix + "post_ffw_norm");
    }
    boolean tied = file.tensor("output.weight").isEmpty();
    double[] y = product(tied ? "token_embd" : "output", normalised(x, 0, width, "output_norm"));
    multiply(y, 1 / number("logit_scale", 1));
    double cap = number("final_logit_softcapping", is("gemma2") ? 30 : 0);
    for (int i = 0; i < y.length; i++) {
      y[i] = capped(y[i], cap);
    }
    return y;
  }

  private double[] hidden(String prefix, double[] normed) {
    double[] up = product(prefix + "ffn_up", normed);
    double[] gate;
    if (is("phi3")) {
      gate = Arrays.copyOf(up, up.length / 2);
      up = Arrays.copyOfRange(up, up.length / 2, up.length);
    } else {
      gate = product(prefix + "ffn_gate", normed);
    }
    for (int i = 0; i < gate.length; i++) {
      double y = gate[i];
      double activated =
          is("gemma2", "gemma3")
              ? y / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (y + 0.044715 * y * y * y)))
              : y / (1 + Math.exp(-y));
      gate[i] = activated * up[i];
    }
    return gate;
  }

  /** Adds a block to the residual stream, multiplied or normalised where that is done. */
  private void addBlock(double[] x, double[] block, String norm) {
    multiply(block, scale("residual_scale", 1));
    add(x, is("gemma2", "gemma3") ? normalised(block, 0, block.length, norm) : block);
  }

  private static void multiply(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }

  private static double capped(double y, double cap) {
    return cap == 0 ? y : cap * Math.tanh(y / cap);
  }

  /** Whether a layer of an architecture that has both kinds is one with a window. */
  private boolean isLocal(int index) {
    int pattern = is("gemma2") ? 2 : integer("attention.sliding_window_pattern", 6);
    return index % pattern < pattern - 1;
  }

  private int window(int index) {
    int window = integer("attention.sliding_window", is("gemma2") ? 4096 : 0);
    boolean applies = is("llama") || (is("gemma2", "gemma3") && isLocal(index));
    return window == 0 || !applies ? Integer.MAX_VALUE : window;
  }

  private double scoreScale() {
    return is("granite")
        ? scale("attention.scale", 1 / Math.sqrt(headDim))
        : 1 / Math.sqrt(headDim);
  }

  private double[] attended(int index, double[] normed) {
    Layer layer = layers.get(index);
    int position = layer.keys.size();
    double[] products = products(layer.prefix, normed);
    int queries = heads * headDim;
    int keys = kvHeads * headDim;
    double[] query = Arrays.copyOf(products, queries);
    turn(query, index, "attn_q", position);
    double[] key = Arrays.copyOfRange(products, queries, queries + keys);
    turn(key, index, "attn_k", position);
    double[] value = Arrays.copyOfRange(products, queries + keys, queries + 2 * keys);
    layer.keys.add(stored(key, index, false, position));
    layer.values.add(stored(value, index, true, position));
    double cap = is("gemma2") ? number("attn_logit_softcapping", 50) : 0;
    double[] result = new double[heads * headDim];
    for (int head = 0; head < heads; head++) {
      int kv = head / (heads / kvHeads) * headDim;
      int first = (int) Math.max(0, position + 1L - window(index));
      double[] weights = new double[position + 1];
      double sum = 0;
      for (int t = first; t <= position; t++) {
        double score = 0;
        for (int i = 0; i < headDim; i++) {
          score += query[head * headDim + i] * layer.keys.get(t)[kv + i];
        }
        weights[t] = Math.exp(capped(score * scoreScale(), cap));
        sum += weights[t];
      }
      for (int t = first; t <= position; t++) {
        for (int i = 0; i < headDim; i++) {
          result[head * headDim + i] += weights[t] / sum * layer.values.get(t)[kv + i];
        }
      }
    }
    return result;
  }

  /** Queries, then keys, then values. */
  private double[] products(String prefix, double[] normed) {
    if (is("phi3")) {
      return product(prefix + "attn_qkv", normed);
    }
    List<Double> all = new ArrayList<>();
    for (String role : List.of("attn_q", "attn_k", "attn_v")) {
      Arrays.stream(product(prefix + role, normed)).forEach(all::add);
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Normalises queries or keys where the architecture does so, and rotates them. */
  private void turn(double[] y, int index, String role, int position) {
    for (int head = 0; head < y.length; head += headDim) {
      if (is("qwen3", "gemma3")) {
        String norm = layers.get(index).prefix + role + "_norm";
        System.arraycopy(normalised(y, head, headDim, norm), 0, y, head, headDim);
      }
      boolean unrotated =
          (is("smollm3") && index % 4 == 3)
              || !file.metadata()
                  .optionalBoolean(architecture + ".rope.scaling.finetuned")
                  .orElse(true);
      if (!unrotated) {
        rotate(y, head, index, position);
      }
    }
  }

  private void rotate(double[] y, int head, int index, int position) {
    boolean local = window(index) != Integer.MAX_VALUE && is("gemma3");
    double base = local ? number("rope.freq_base_swa", 10_000) : number("rope.freq_base", 10_000);
    double magnitude = is("phi3") ? number("rope.scaling.attn_factor", 1) : 1;
    for (int j = 0; j < ropeDim / 2; j++) {
      double angle = position * Math.pow(base, -2.0 * j / ropeDim) / (local ? 1 : divisor(j));
      boolean neighbours = is("llama", "smollm3", "granite");
      int a = head + (neighbours ? 2 * j : j);
      int b = neighbours ? a + 1 : a + ropeDim / 2;
      double first = y[a];
      y[a] = magnitude * (first * Math.cos(angle) - y[b] * Math.sin(angle));
      y[b] = magnitude * (first * Math.sin(angle) + y[b] * Math.cos(angle));
    }
  }

  private double divisor(int pair) {
    int original = integer("rope.scaling.original_context_length", Integer.MAX_VALUE);
    String factors =
        !is("phi3")
            ? "rope_freqs.weight"
            : contextLimit > original ? "rope_factors_long.weight" : "rope_factors_short.weight";
    double divisor = file.tensor(factors).isPresent() ? tensor(factors)[pair] : 1;
    return divisor * number("rope.scaling.factor", 1);
  }

  private double[] normalised(double[] x, int from, int length, String name) {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += x[from + i] * x[from + i];
    }
    double[] weight = tensor(name + ".weight");
    double[] y = new double[length];
    for (int i = 0; i < length; i++) {
      y[i] = x[from + i] / Math.sqrt(squares / length + epsilon) * weight[i];
    }
    return y;
  }

  private double[] product(String name, double[] x) {
    double[] matrix = tensor(name + ".weight");
    double[] y = new double[matrix.length / x.length];
    for (int row = 0; row < y.length; row++) {
      for (int i = 0; i < x.length; i++) {
        y[row] += matrix[row * x.length + i] * x[i];
      }
    }
    if (file.tensor(name + ".bias").isPresent()) {
      add(y, tensor(name + ".bias"));
    }
    return y;
  }

  private static void add(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }

  /**
   * What the cache has, if each is the binary16 nearest to {@code exact}, but for rounding before.
   */
  private double[] stored(double[] exact, int layer, boolean values, int position) {
    double largest = Arrays.stream(exact).map(Math::abs).max().orElse(0);
    double[] stored = new double[exact.length];
    for (int i = 0; i < exact.length; i++) {
      stored[i] = cache.at(layer, values, position, i);
      int exponent = Math.max(Math.getExponent(exact[i]), LEAST_HALF_EXPONENT);
      double tolerance = Math.scalb(0.5, exponent - HALF_BITS) + ROUNDING * largest;
      if (!(Math.abs(stored[i] - exact[i]) <= tolerance)) {
        throw new AssertionError(
            "%s %d of layer %d, position %d: %s, expected %s"
                .formatted(values ? "value" : "key", i, layer, position, stored[i], exact[i]));
      }
    }
    return stored;
  }

  private double[] tensor(String name) {
    return tensors.computeIfAbsent(name, this::read);
  }

  private double[] read(String name) {
    GgufTensor tensor = file.requireTensor(name);
    double[] values = new double[(int) (tensor.byteSize() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.data().getAtIndex(FLOAT, i);
    }
    return values;
  }
}
