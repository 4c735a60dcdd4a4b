package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;

/** GATE_UP: {@code silu(gate) * up} for a range of rows of the two matrices. */
final class GateUpStep implements Step {
  private final Kernels kernels;
  private final Product product;
  private final Buffer out;
  private final WeightMatrix gate;
  private final WeightMatrix up;
  private final int first;
  private final int end;

  GateUpStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    product = new Product(kernels, buffers.at(row.in()), row.n());
    out = buffers.at(row.out());
    gate = weights.matrix(row.a());
    up = weights.matrix(row.b());
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    int stride = workspace.scratchStride;
    product.multiply(
        batch,
        new Product.Rows(gate, first, end, workspace.first, stride),
        new Product.Rows(up, first, end, workspace.second, stride));
    float[] to = workspace.data(out);
    batch.forSlots((worker, slot) ->
        kernels.siluTimes(
            workspace.first,
            slot * stride + first,
            workspace.second,
            slot * stride + first,
            to,
            slot * out.padded() + first,
            end - first));
    batch.written(out, first, end);
  }
}
