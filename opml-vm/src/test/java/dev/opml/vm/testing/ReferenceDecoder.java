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
 * Logits of small F32 models in binary64, straight from the definitions of the architectures: LLaMA
 * rotates neighbours, may divide its angles, and may have a window; Qwen 2 and 3 rotate halves;
 * Qwen 3 normalises each query and key. Any product may have a bias.
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
  private final String architecture;
  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final int ropeDim;
  private final int window;
  private final double ropeBase;
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
   * @param cache what keys and values are checked against and then taken from: what is just between
   *     two binary16 numbers may rightly become either, and makes a difference of 1e-4
   */
  public ReferenceDecoder(GgufFile file, Cache cache) {
    this.file = file;
    this.cache = cache;
    architecture = file.metadata().requireString("general.architecture");
    heads = file.metadata().requireInt(architecture + ".attention.head_count");
    kvHeads = integer("attention.head_count_kv", heads);
    headDim =
        integer(
            "attention.key_length",
            file.metadata().requireInt(architecture + ".embedding_length") / heads);
    ropeDim = integer("rope.dimension_count", headDim);
    int widest = integer("attention.sliding_window", 0);
    window = widest == 0 ? Integer.MAX_VALUE : widest;
    ropeBase = file.metadata().optionalFloat(architecture + ".rope.freq_base").orElse(10000f);
    epsilon = file.metadata().requireFloat(architecture + ".attention.layer_norm_rms_epsilon");
    for (int i = 0; i < file.metadata().requireInt(architecture + ".block_count"); i++) {
      layers.add(new Layer("blk." + i + ".", new ArrayList<>(), new ArrayList<>()));
    }
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
    for (int index = 0; index < layers.size(); index++) {
      Layer layer = layers.get(index);
      double[] normed = normalised(x, 0, width, layer.prefix + "attn_norm");
      add(x, product(layer.prefix + "attn_output", attended(index, normed)));
      normed = normalised(x, 0, width, layer.prefix + "ffn_norm");
      double[] hidden = product(layer.prefix + "ffn_gate", normed);
      double[] up = product(layer.prefix + "ffn_up", normed);
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = hidden[i] / (1 + Math.exp(-hidden[i])) * up[i];
      }
      add(x, product(layer.prefix + "ffn_down", hidden));
    }
    boolean tied = file.tensor("output.weight").isEmpty();
    return product(tied ? "token_embd" : "output", normalised(x, 0, width, "output_norm"));
  }

  private double[] attended(int index, double[] normed) {
    Layer layer = layers.get(index);
    int position = layer.keys.size();
    double[] query = headed(layer, "attn_q", normed, position);
    layer.keys.add(stored(headed(layer, "attn_k", normed, position), index, false, position));
    layer.values.add(stored(product(layer.prefix + "attn_v", normed), index, true, position));
    double[] result = new double[heads * headDim];
    for (int head = 0; head < heads; head++) {
      int kv = head / (heads / kvHeads) * headDim;
      int first = Math.max(0, position + 1 - window);
      double[] weights = new double[position + 1];
      double sum = 0;
      for (int t = first; t <= position; t++) {
        double score = 0;
        for (int i = 0; i < headDim; i++) {
          score += query[head * headDim + i] * layer.keys.get(t)[kv + i];
        }
        weights[t] = Math.exp(score / Math.sqrt(headDim));
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

  /** Queries or keys: products, normalised where the architecture does so, and rotated. */
  private double[] headed(Layer layer, String role, double[] normed, int position) {
    double[] y = product(layer.prefix + role, normed);
    for (int head = 0; head < y.length; head += headDim) {
      if (architecture.equals("qwen3")) {
        double[] of = normalised(y, head, headDim, layer.prefix + role + "_norm");
        System.arraycopy(of, 0, y, head, headDim);
      }
      rotate(y, head, position);
    }
    return y;
  }

  private void rotate(double[] y, int head, int position) {
    for (int j = 0; j < ropeDim / 2; j++) {
      double angle = position * Math.pow(ropeBase, -2.0 * j / ropeDim);
      if (file.tensor("rope_freqs.weight").isPresent()) {
        angle /= tensor("rope_freqs.weight")[j];
      }
      boolean neighbours = architecture.equals("llama");
      int a = head + (neighbours ? 2 * j : j);
      int b = neighbours ? a + 1 : a + ropeDim / 2;
      double ya = y[a];
      y[a] = ya * Math.cos(angle) - y[b] * Math.sin(angle);
      y[b] = ya * Math.sin(angle) + y[b] * Math.cos(angle);
    }
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
