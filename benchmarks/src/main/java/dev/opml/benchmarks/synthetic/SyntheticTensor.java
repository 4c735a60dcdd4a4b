package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.GgmlType;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a synthetic model.
 *
 * @param name its name
 * @param type its format
 * @param columns elements of a row
 * @param rows number of rows; 1 for a vector, which is a norm's
 */
record SyntheticTensor(String name, GgmlType type, int columns, int rows) {
  /** What embeddings are usually initialized with. */
  private static final double EMBEDDING_DEVIATION = 0.02;

  /** All tensors of a model, in the order of the file. */
  static List<SyntheticTensor> of(ModelShape shape, ModelFormat format) {
    List<SyntheticTensor> all = new ArrayList<>();
    int dim = shape.dim();
    all.add(matrix("token_embd", format.embedding(), dim, shape.vocabulary()));
    for (int layer = 0; layer < shape.layers(); layer++) {
      String prefix = "blk." + layer + ".";
      GgmlType plain = format.inLayer();
      GgmlType sensitive = format.inSensitiveLayer(layer, shape.layers());
      all.add(norm(prefix + "attn_norm", dim));
      all.add(matrix(prefix + "attn_q", plain, dim, dim));
      all.add(matrix(prefix + "attn_k", plain, dim, shape.keyLength()));
      all.add(matrix(prefix + "attn_v", sensitive, dim, shape.keyLength()));
      all.add(matrix(prefix + "attn_output", plain, dim, dim));
      all.add(norm(prefix + "ffn_norm", dim));
      all.add(matrix(prefix + "ffn_gate", plain, dim, shape.ffn()));
      all.add(matrix(prefix + "ffn_up", plain, dim, shape.ffn()));
      all.add(matrix(prefix + "ffn_down", sensitive, shape.ffn(), dim));
    }
    all.add(norm("output_norm", dim));
    all.add(matrix("output", format.output(), dim, shape.vocabulary()));
    return all;
  }

  private static SyntheticTensor matrix(String name, GgmlType type, int columns, int rows) {
    if (columns % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "%s has rows of %d, not whole %s blocks of %d"
              .formatted(name, columns, type, type.blockSize()));
    }
    return new SyntheticTensor(name + ".weight", type, columns, rows);
  }

  private static SyntheticTensor norm(String name, int length) {
    return new SyntheticTensor(name + ".weight", GgmlType.F32, length, 1);
  }

  boolean isNorm() {
    return rows == 1;
  }

  long elements() {
    return (long) columns * rows;
  }

  /** Standard deviation that keeps activations near 1 through a matrix. */
  double deviation() {
    boolean inLayer = name.startsWith("blk.");
    return inLayer ? 1 / Math.sqrt(columns) : EMBEDDING_DEVIATION;
  }
}
