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
    product.compute(
        batch,
        new Product.Rows(first, end, 1, (scratch, from, to) -> compute(batch, scratch, from, to)));
    batch.written(out, first, end);
  }

  private void compute(Batch batch, WorkerScratch scratch, int from, int to) {
    int rows = to - from;
    float[] gates = scratch.first(batch, gate, from, to);
    float[] ups = scratch.second(batch, up, from, to);
    float[] result = batch.workspace.data(out);
    for (int slot = batch.from; slot < batch.to; slot++) {
      int at = (slot - batch.from) * rows;
      kernels.siluTimes(gates, at, ups, at, result, slot * out.stride() + from, rows);
    }
  }
}
