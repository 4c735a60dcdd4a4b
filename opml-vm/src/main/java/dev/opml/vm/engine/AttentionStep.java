package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.KvCache;

/** ATTENTION: a range of query heads over all positions so far. */
final class AttentionStep implements Step {
  private final Kernels kernels;
  private final GraphRow row;
  private final Buffer in;
  private final Buffer out;

  AttentionStep(Kernels kernels, GraphRow row, Buffers buffers) {
    this.kernels = kernels;
    this.row = row;
    in = buffers.at(row.in());
    out = buffers.at(row.out());
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    KvCache cache = batch.cache(row.aux());
    float[] query = workspace.data(in);
    float[] result = workspace.data(out);
    int slots = batch.to - batch.from;
    batch.team.run(
        slots * row.count(),
        (worker, task) -> {
          // The last slot sees most positions, so it starts first.
          int slot = batch.to - 1 - task / row.count();
          int head = row.first() + task % row.count();
          kernels.attend(
              cache,
              head / row.group(),
              batch.position + slot + 1,
              query,
              slot * in.padded() + head * row.headDim(),
              row.constant(),
              workspace.scores[worker],
              result,
              slot * out.padded() + head * row.headDim());
        });
    batch.written(out, row.first() * row.headDim(), (row.first() + row.count()) * row.headDim());
  }
}
