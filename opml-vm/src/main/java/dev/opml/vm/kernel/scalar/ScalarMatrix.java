package dev.opml.vm.kernel.scalar;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.row.WeightRow;

/** The reference product: reads the file's own layout, row by row. */
public final class ScalarMatrix implements WeightMatrix {
  private final FileMatrix matrix;

  /** Makes products of a matrix as the file has it. */
  public ScalarMatrix(FileMatrix matrix) {
    this.matrix = matrix;
  }

  @Override
  public void prepare(Activations x) {
    int block = matrix.type().blockSize();
    if (block > 1) {
      x.quantized(block).need(ActivationForm.PAIRS);
    }
  }

  @Override
  public int rowGranularity(int vectors) {
    return 1;
  }

  @Override
  public void multiply(
      Activations x, int firstRow, int endRow, float[] out, int outOffset, int outStride) {
    WeightRow row = WeightRow.of(matrix.type(), matrix.columns());
    for (int r = firstRow; r < endRow; r++) {
      row.read(matrix.data(), r);
      for (int v = 0; v < x.vectors(); v++) {
        out[outOffset + v * outStride + r] = row.dot(x, v);
      }
    }
  }
}
