package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.GgmlType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weight formats of a model's matrices.
 *
 * @param base format of most matrices, or of all
 * @param isMix whether some have Q6_K instead: where llama.cpp's quantize spends more bits, in what
 *     it calls Q4_K_M and Q5_K_M
 */
public record ModelFormat(GgmlType base, boolean isMix) {
  private static final String MIX = "_M";

  /** One of each format, and the mixes. */
  public static List<ModelFormat> all() {
    List<ModelFormat> all = new ArrayList<>();
    Arrays.stream(GgmlType.values()).forEach(type -> all.add(new ModelFormat(type, false)));
    all.add(new ModelFormat(GgmlType.Q4_K, true));
    all.add(new ModelFormat(GgmlType.Q5_K, true));
    return all;
  }

  /**
   * A format of {@link #all} by its name, in capital or small letters.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ModelFormat named(String name) {
    return all().stream()
        .filter(format -> format.toString().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no format " + name + " among " + all()));
  }

  /** The name that llama.cpp has for it: Q8_0, Q4_K_M. */
  @Override
  public String toString() {
    return isMix ? base + MIX : base.name();
  }

  /** Format of a matrix outside the layers other than the output matrix. */
  GgmlType embedding() {
    return base;
  }

  /** Format of the output matrix. */
  GgmlType output() {
    return isMix ? GgmlType.Q6_K : base;
  }

  /** Format of a matrix of a layer. */
  GgmlType inLayer() {
    return base;
  }

  /**
   * Format of {@code attn_v} and {@code ffn_down} in layer {@code layer}, from 0: a mix has more
   * bits in the first and the last eighth of the layers, and in every third between.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-quant.cpp">the rule
   *     use_more_bits in llama.cpp</a>
   */
  GgmlType inSensitiveLayer(int layer, int layers) {
    int eighth = layers / 8;
    boolean more =
        layer < eighth || layer >= 7 * layers / 8 || Math.floorMod(layer - eighth, 3) == 2;
    return isMix && more ? GgmlType.Q6_K : base;
  }
}
