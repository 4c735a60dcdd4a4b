package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.KvCache;
import dev.opml.vm.kernel.Rotation;
import dev.opml.vm.kernel.WeightMatrix;
import java.lang.foreign.MemorySegment;

/**
 * QKV: queries, keys and values of a range of heads; queries and keys are rotated, keys and values
 * go to the KV row.
 */
final class QkvStep implements Step {
  private static final int HALF_BYTES = 2;
  private static final int SLOT_HALVES = 64;

  private final Kernels kernels;
  private final GraphRow row;
  private final Product product;
  private final Buffer out;
  private final WeightMatrix queries;
  private final WeightMatrix keys;
  private final WeightMatrix values;
  private final Rotation rotation;

  QkvStep(Kernels kernels, GraphRow row, Buffers buffers, Weights weights, Rotation rotation) {
    this.kernels = kernels;
    this.row = row;
    this.rotation = rotation;
    product = new Product(kernels, buffers.at(row.in()), row.n());
    out = buffers.at(row.out());
    queries = weights.matrix(row.a());
    keys = weights.matrix(row.b());
    values = weights.matrix(row.c());
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    int stride = workspace.scratchStride;
    int headDim = row.headDim();
    int first = row.first() * headDim;
    int end = (row.first() + row.count()) * headDim;
    int kvFirst = row.kvFirst() * headDim;
    int kvEnd = (row.kvFirst() + row.kvCount()) * headDim;
    float[] q = workspace.data(out);
    product.multiply(
        batch,
        new Product.Rows(queries, first, end, q, out.padded()),
        new Product.Rows(keys, kvFirst, kvEnd, workspace.first, stride),
        new Product.Rows(values, kvFirst, kvEnd, workspace.second, stride));
    KvCache cache = batch.cache(row.aux());
    batch.forSlots((worker, slot) -> {
      int position = batch.position + slot;
      for (int i = first; i < end; i += headDim) {
        rotation.apply(q, slot * out.padded() + i, position);
      }
      kernels.canonicalize(q, slot * out.padded() + first, end - first);
      for (int head = row.kvFirst(); head < row.kvFirst() + row.kvCount(); head++) {
        int at = slot * stride + head * headDim;
        rotation.apply(workspace.first, at, position);
        cache.store(position, head, workspace.first, at, workspace.second, at);
      }
    });
    batch.written(out, first, end);
    if (batch.observed() && kvEnd > kvFirst) {
      reportKvRows(batch, cache, kvFirst, kvEnd);
    }
  }

  private void reportKvRows(Batch batch, KvCache cache, int kvFirst, int kvEnd) {
    long from = (long) HALF_BYTES * kvFirst;
    int slots = (kvEnd - kvFirst + SLOT_HALVES - 1) / SLOT_HALVES;
    long bytes = (long) HALF_BYTES * SLOT_HALVES * slots;
    for (int slot = batch.from; slot < batch.to; slot++) {
      long keysAt = (long) row.kvStride() * (batch.position + slot) + from;
      long valuesAt = keysAt + row.valueOffset();
      MemorySegment rows = cache.rows();
      batch.written(slot, row.aux() + keysAt, rows.asSlice(keysAt, bytes));
      batch.written(slot, row.aux() + valuesAt, rows.asSlice(valuesAt, bytes));
    }
  }
}
