package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;

/** The reference product: reads the file's own layout, row by row. */
final class ScalarMatrix implements WeightMatrix {
  private final GgmlType type;
  private final MemorySegment data;
  private final int columns;

  /** Wraps the rows that start at the beginning of {@code data}. */
  ScalarMatrix(GgmlType type, MemorySegment data, int columns) {
    this.type = type;
    this.data = data;
    this.columns = columns;
  }

  @Override
  public int activationBlock() {
    return WeightRow.activationBlock(type);
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
    WeightRow row = WeightRow.of(type, columns);
    for (int r = firstRow; r < endRow; r++) {
      row.read(data, r);
      for (int v = firstVector; v < endVector; v++) {
        out[v * outStride + r] = row.dot(x, v);
      }
    }
  }
}
