package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.util.List;

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
    out = buffers.at(row.out());
    gate = weights.matrix(row.a());
    up = weights.matrix(row.b());
    product = new Product(kernels, buffers.at(row.in()), row.n(), List.of(gate, up));
    first = row.first();
    end = row.first() + row.count();
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    int stride = workspace.scratchStride;
    float[] result = workspace.data(out);
    product.compute(
        batch,
        new Product.Rows(
            first,
            end,
            1,
            (from, to) -> {
              batch.multiply(gate, from, to, workspace.first, stride);
              batch.multiply(up, from, to, workspace.second, stride);
            },
            (slot, from, to) ->
                kernels.siluTimes(
                    workspace.first,
                    slot * stride + from,
                    workspace.second,
                    slot * stride + from,
                    result,
                    slot * out.padded() + from,
                    to - from)));
    batch.written(out, first, end);
  }
}
