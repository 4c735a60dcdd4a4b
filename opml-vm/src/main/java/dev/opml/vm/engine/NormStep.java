package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;

/** RMS_NORM. */
final class NormStep implements Step {
  private final Kernels kernels;
  private final GraphRow row;
  private final Buffer in;
  private final Buffer out;
  private final float[] weight;

  NormStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    this.row = row;
    in = buffers.at(row.in());
    out = buffers.at(row.out());
    weight = weights.vector(row.a(), row.n());
  }

  @Override
  public void run(Batch batch) {
    float[] from = batch.workspace.data(in);
    float[] to = batch.workspace.data(out);
    batch.forSlots((worker, slot) ->
        kernels.rmsNorm(
            from, slot * in.stride(), weight, row.n(), row.constant(), to, slot * out.stride()));
    batch.written(out, 0, row.n());
  }
}
