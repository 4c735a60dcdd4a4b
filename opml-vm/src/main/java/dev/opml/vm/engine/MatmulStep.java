package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;

/** MATMUL: a range of rows of a matrix times a vector. */
final class MatmulStep implements Step {
  private final Kernels kernels;
  private final Product product;
  private final Buffer out;
  private final WeightMatrix matrix;
  private final int first;
  private final int end;

  MatmulStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    product = new Product(kernels, buffers.at(row.in()), row.n());
    out = buffers.at(row.out());
    matrix = weights.matrix(row.a());
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    float[] data = batch.workspace.data(out);
    product.multiply(batch, new Product.Rows(matrix, first, end, data, out.padded()));
    batch.forSlots(
        (worker, slot) -> kernels.canonicalize(data, slot * out.padded() + first, end - first));
    batch.written(out, first, end);
  }
}
