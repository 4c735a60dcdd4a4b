package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;

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
    product = new Product(kernels, buffers.at(row.in()), row.n());
    residual = buffers.at(row.aux());
    out = buffers.at(row.out());
    matrix = weights.matrix(row.a());
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    float[] products = workspace.first;
    product.multiply(
        batch, new Product.Rows(matrix, first, end, products, workspace.scratchStride));
    float[] to = workspace.data(out);
    float[] add = workspace.data(residual);
    batch.forSlots((worker, slot) ->
        kernels.add(
            add,
            slot * residual.padded() + first,
            products,
            slot * workspace.scratchStride + first,
            to,
            slot * out.padded() + first,
            end - first));
    batch.written(out, first, end);
  }
}
