package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** EMBED: the row of the embedding matrix for the position's token. */
final class EmbedStep implements Step {
  private final Kernels kernels;
  private final GraphRow row;
  private final Buffer out;
  private final MemorySegment matrix;

  EmbedStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    this.row = row;
    out = buffers.at(row.out());
    matrix = weights.bytes(row.a());
  }

  @Override
  public void run(Batch batch) {
    float[] data = batch.workspace.data(out);
    batch.forSlots((worker, slot) ->
        kernels.dequantize(
            row.a().type(),
            matrix,
            batch.tokens.at(batch.position + slot),
            row.n(),
            data,
            slot * out.stride()));
    batch.written(out, 0, row.n());
  }
}
