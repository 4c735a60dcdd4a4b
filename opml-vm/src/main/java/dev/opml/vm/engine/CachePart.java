package dev.opml.vm.engine;

import dev.opml.vm.graph.Heads;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.arithmetic.Rotation;
import dev.opml.vm.kernel.attention.KvCache;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** HEADS into the KV row: keys or values. */
final class CachePart extends HeadsPart {
  private static final int HALF_BYTES = 2;
  private static final int SLOT_HALVES = 64;

  private final CachePlace place;

  CachePart(
      Kernels kernels,
      Heads heads,
      CachePlace place,
      Weights weights,
      @Nullable Rotation rotation) {
    super(kernels, heads, weights, rotation);
    this.place = place;
  }

  @Override
  void compute(Batch batch, WorkerScratch scratch, int from, int to) {
    int rows = to - from;
    int headDim = heads.headDim();
    float[] y = scratch.first(batch, matrix, from, to);
    KvCache cache = batch.cache(place.base());
    for (int slot = batch.from; slot < batch.to; slot++) {
      int position = batch.position + slot;
      int at = (slot - batch.from) * rows;
      finish(y, at, from, to, position);
      for (int i = 0; i < rows; i += headDim) {
        int head = (from + i) / headDim;
        if (place.values()) {
          cache.storeValue(position, head, y, at + i);
        } else {
          cache.storeKey(position, head, y, at + i);
        }
      }
    }
  }

  @Override
  public void report(Batch batch) {
    if (!batch.observed()) {
      return;
    }
    MemorySegment rows = batch.cache(place.base()).rows();
    long first = heads.out() - place.base() + (long) HALF_BYTES * heads.rowFirst();
    int slots = (heads.rowEnd() - heads.rowFirst() + SLOT_HALVES - 1) / SLOT_HALVES;
    long bytes = (long) HALF_BYTES * SLOT_HALVES * slots;
    for (int slot = batch.from; slot < batch.to; slot++) {
      long at = (long) heads.stride() * (batch.position + slot) + first;
      batch.written(slot, place.base() + at, rows.asSlice(at, bytes));
    }
  }
}
