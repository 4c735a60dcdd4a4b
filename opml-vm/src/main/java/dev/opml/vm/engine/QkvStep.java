package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.KvCache;
import dev.opml.vm.kernel.Rotation;
import dev.opml.vm.kernel.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;

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
    out = buffers.at(row.out());
    queries = weights.matrix(row.a());
    keys = weights.matrix(row.b());
    values = weights.matrix(row.c());
    product = new Product(kernels, buffers.at(row.in()), row.n(), List.of(queries, keys, values));
  }

  @Override
  public void run(Batch batch) {
    int headDim = row.headDim();
    int first = row.first() * headDim;
    int end = (row.first() + row.count()) * headDim;
    int kvFirst = row.kvFirst() * headDim;
    int kvEnd = (row.kvFirst() + row.kvCount()) * headDim;
    product.compute(
        batch,
        new Product.Rows(first, end, headDim, (scratch, from, to) -> queries(batch, from, to)),
        new Product.Rows(
            kvFirst, kvEnd, headDim, (scratch, from, to) -> store(batch, scratch, from, to)));
    batch.written(out, first, end);
    if (batch.observed() && kvEnd > kvFirst) {
      reportKvRows(batch, batch.cache(row.aux()), kvFirst, kvEnd);
    }
  }

  private void queries(Batch batch, int from, int to) {
    float[] q = batch.workspace.data(out);
    batch.multiply(queries, from, to, q, out.stride());
    for (int slot = batch.from; slot < batch.to; slot++) {
      int at = slot * out.stride();
      for (int i = from; i < to; i += row.headDim()) {
        rotation.apply(q, at + i, batch.position + slot);
      }
      kernels.canonicalize(q, at + from, to - from);
    }
  }

  private void store(Batch batch, WorkerScratch scratch, int from, int to) {
    int rows = to - from;
    float[] k = scratch.first(batch, keys, from, to);
    float[] v = scratch.second(batch, values, from, to);
    KvCache cache = batch.cache(row.aux());
    for (int slot = batch.from; slot < batch.to; slot++) {
      int position = batch.position + slot;
      for (int i = from; i < to; i += row.headDim()) {
        int at = (slot - batch.from) * rows + i - from;
        rotation.apply(k, at, position);
        cache.store(position, i / row.headDim(), k, at, v, at);
      }
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
