package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.util.List;

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
    out = buffers.at(row.out());
    matrix = weights.matrix(row.a());
    product = new Product(kernels, buffers.at(row.in()), row.n(), List.of(matrix));
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    float[] data = batch.workspace.data(out);
    product.compute(
        batch,
        new Product.Rows(
            first,
            end,
            1,
            (scratch, from, to) -> {
              batch.multiply(matrix, from, to, data, out.stride());
              for (int slot = batch.from; slot < batch.to; slot++) {
                kernels.canonicalize(data, slot * out.stride() + from, to - from);
              }
            }));
    batch.written(out, first, end);
  }
}
