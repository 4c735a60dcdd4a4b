package dev.opml.vm.kernel;

/** The reference product: reads the file's own layout, row by row. */
final class ScalarMatrix implements WeightMatrix {
  private static final long[] NONE = {};

  private final FileMatrix matrix;

  ScalarMatrix(FileMatrix matrix) {
    this.matrix = matrix;
  }

  @Override
  public int activationBlock() {
    return WeightRow.activationBlock(matrix.type());
  }

  @Override
  public int rowGranularity() {
    return 1;
  }

  @Override
  public void multiply(
      Activations x,
      int firstVector,
      int endVector,
      int firstRow,
      int endRow,
      float[] out,
      int outStride) {
    long[][] words = new long[endVector][];
    for (int v = firstVector; v < endVector; v++) {
      words[v] = words(x, v);
    }
    WeightRow row = WeightRow.of(matrix.type(), matrix.columns());
    for (int r = firstRow; r < endRow; r++) {
      row.read(matrix.data(), r);
      for (int v = firstVector; v < endVector; v++) {
        out[v * outStride + r] = row.dot(x, v, words[v]);
      }
    }
  }

  private long[] words(Activations x, int vector) {
    int block = activationBlock();
    if (block == 0) {
      return NONE;
    }
    QuantizedVectors quantized = x.quantized(block);
    long[] words = new long[matrix.columns() / 4];
    for (int b = 0; b < matrix.columns() / block; b++) {
      int from = quantized.at(vector, b) * block;
      ByteLanes.pack(quantized.pairs, from, block, words, b * block / 4);
    }
    return words;
  }
}
