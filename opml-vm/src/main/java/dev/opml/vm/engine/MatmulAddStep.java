package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.util.List;

/** MATMUL_ADD: a range of rows of a matrix times a vector, added to a residual vector. */
final class MatmulAddStep implements Step {
  private final Kernels kernels;
  private final Product product;
  private final Buffer residual;
  private final Buffer out;
  private final WeightMatrix matrix;
  private final int first;
  private final int end;

  MatmulAddStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    residual = buffers.at(row.aux());
    out = buffers.at(row.out());
    matrix = weights.matrix(row.a());
    product = new Product(kernels, buffers.at(row.in()), row.n(), List.of(matrix));
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    product.compute(
        batch,
        new Product.Rows(first, end, 1, (scratch, from, to) -> compute(batch, scratch, from, to)));
    batch.written(out, first, end);
  }

  private void compute(Batch batch, WorkerScratch scratch, int from, int to) {
    int rows = to - from;
    float[] sums = scratch.first(batch, matrix, from, to);
    float[] add = batch.workspace.data(residual);
    float[] result = batch.workspace.data(out);
    for (int slot = batch.from; slot < batch.to; slot++) {
      int at = (slot - batch.from) * rows;
      int added = slot * residual.stride() + from;
      kernels.add(add, added, sums, at, result, slot * out.stride() + from, rows);
    }
  }
}
