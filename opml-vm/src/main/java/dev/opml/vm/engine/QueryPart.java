package dev.opml.vm.engine;

import dev.opml.vm.graph.Heads;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.arithmetic.Rotation;
import org.jspecify.annotations.Nullable;

/** HEADS into a vector. */
final class QueryPart extends HeadsPart {
  private final Buffer out;

  QueryPart(
      Kernels kernels, Heads heads, Buffers buffers, Weights weights, @Nullable Rotation rotation) {
    super(kernels, heads, weights, rotation);
    out = buffers.at(heads.out());
  }

  @Override
  void compute(Batch batch, WorkerScratch scratch, int from, int to) {
    float[] q = batch.workspace.data(out);
    batch.multiply(matrix, from, to, q, out.stride());
    for (int slot = batch.from; slot < batch.to; slot++) {
      int at = slot * out.stride() + from;
      finish(q, at, from, to, batch.position + slot);
      kernels.canonicalize(q, at, to - from);
    }
  }

  @Override
  public void report(Batch batch) {
    batch.written(out, heads.rowFirst(), heads.rowEnd());
  }
}
