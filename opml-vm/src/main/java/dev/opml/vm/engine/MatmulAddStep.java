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
    Workspace workspace = batch.workspace;
    int stride = workspace.scratchStride;
    float[] products = workspace.first;
    float[] result = workspace.data(out);
    float[] add = workspace.data(residual);
    product.compute(
        batch,
        new Product.Rows(
            first,
            end,
            1,
            (from, to) -> batch.multiply(matrix, from, to, products, stride),
            (slot, from, to) ->
                kernels.add(
                    add,
                    slot * residual.padded() + from,
                    products,
                    slot * stride + from,
                    result,
                    slot * out.padded() + from,
                    to - from)));
    batch.written(out, first, end);
  }
}
