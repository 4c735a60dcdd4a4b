package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.GgmlType;

/** Which weight format each matrix of a model has. */
public enum ModelFormat {
  /** All matrices F32. */
  F32(0, GgmlType.F32),
  /** All matrices F16. */
  F16(1, GgmlType.F16),
  /** All matrices BF16. */
  BF16(32, GgmlType.BF16),
  /** All matrices Q8_0. */
  Q8_0(7, GgmlType.Q8_0),
  /** All matrices Q4_0. */
  Q4_0(2, GgmlType.Q4_0),
  /** All matrices Q4_1. */
  Q4_1(3, GgmlType.Q4_1),
  /** All matrices Q5_0. */
  Q5_0(8, GgmlType.Q5_0),
  /** All matrices Q5_1. */
  Q5_1(9, GgmlType.Q5_1),
  /** All matrices Q4_K. */
  Q4_K(14, GgmlType.Q4_K),
  /** All matrices Q5_K. */
  Q5_K(16, GgmlType.Q5_K),
  /** All matrices Q6_K. */
  Q6_K(18, GgmlType.Q6_K),
  /** Q4_K, and Q6_K where llama.cpp's quantize spends more bits under this name. */
  Q4_K_M(15, GgmlType.Q4_K),
  /** Q5_K, and Q6_K where llama.cpp's quantize spends more bits under this name. */
  Q5_K_M(17, GgmlType.Q5_K);

  private final int fileType;
  private final GgmlType base;

  ModelFormat(int fileType, GgmlType base) {
    this.fileType = fileType;
    this.base = base;
  }

  /** llama.cpp's number for it, {@code general.file_type}. */
  int fileType() {
    return fileType;
  }

  /** Format of a matrix outside the layers other than the output matrix. */
  GgmlType embedding() {
    return base;
  }

  /** Format of the output matrix. */
  GgmlType output() {
    return isMix() ? GgmlType.Q6_K : base;
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
    return isMix() && more ? GgmlType.Q6_K : base;
  }

  private boolean isMix() {
    return this == Q4_K_M || this == Q5_K_M;
  }
}
