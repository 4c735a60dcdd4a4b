package dev.opml.vm.engine;

import dev.opml.vm.graph.Norm;
import dev.opml.vm.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** NORM. */
final class NormStep implements Step {
  private final Kernels kernels;
  private final Norm norm;
  private final Buffer in;
  private final Buffer out;
  private final @Nullable Buffer residual;
  private final float[] weight;

  NormStep(Kernels kernels, Norm norm, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    this.norm = norm;
    in = buffers.at(norm.in());
    out = buffers.at(norm.out());
    residual = norm.residual() == 0 ? null : buffers.at(norm.residual());
    weight = weights.vector(norm.weight(), norm.n());
  }

  @Override
  public void run(Batch batch) {
    float[] from = batch.workspace.data(in);
    float[] to = batch.workspace.data(out);
    float[] added = residual == null ? null : batch.workspace.data(residual);
    batch.forSlots((worker, slot) -> {
      int at = slot * out.stride();
      if (residual == null || added == null) {
        normalise(from, slot * in.stride(), to, at);
      } else {
        float[] normed = batch.workspace.scratch[worker].room(norm.n());
        normalise(from, slot * in.stride(), normed, 0);
        kernels.add(added, slot * residual.stride(), normed, 0, to, at, norm.n());
      }
    });
    batch.written(out, 0, norm.n());
  }

  private void normalise(float[] from, int fromAt, float[] to, int toAt) {
    kernels.rmsNorm(from, fromAt, weight, norm.n(), norm.epsilon(), to, toAt);
  }
}
