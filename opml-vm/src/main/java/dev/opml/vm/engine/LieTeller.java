package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Operation;
import dev.opml.vm.graph.Span;
import dev.opml.vm.kernel.KvCache;
import dev.opml.vm.memory.Lie;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;

/** Changes the memory of a batch of one position as a {@link Lie} says, and reports the slot. */
final class LieTeller {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;

  private final Batch batch;
  private final Buffers buffers;

  LieTeller(Batch batch, Buffers buffers) {
    this.batch = batch;
    this.buffers = buffers;
  }

  /**
   * Passes every slot on by itself, because a lie is about one: so that it meets what was reported
   * before.
   */
  static NodeSink slotBySlot(NodeSink sink) {
    return (position, row, address, bytes) -> {
      for (long at = 0; at < bytes.byteSize(); at += LEAF) {
        sink.written(position, row, address + at, bytes.asSlice(at, LEAF));
      }
    };
  }

  /**
   * Zeroes the padding that a row is about to write: only a lie can have changed it, so no step
   * does that.
   */
  void clearPadding(Operation operation) {
    for (Span span : operation.writes()) {
      if (span.cached()) {
        continue; // a new row of the cache
      }
      Buffer buffer = buffers.at(span.address());
      if (span.end() == buffer.length()) {
        Arrays.fill(batch.workspace.data(buffer), buffer.length(), buffer.padded(), 0);
      }
    }
  }

  /**
   * Tells the lie.
   *
   * @throws IllegalArgumentException if nothing of this graph is at its address
   */
  void tell(Lie lie) {
    long address = lie.address();
    if (MemoryRegion.OUTPUT.contains(address)) {
      tellToken(lie);
      return;
    }
    for (Buffer buffer : buffers.all()) {
      long offset = address - buffer.address();
      if (offset >= 0 && offset < (long) Float.BYTES * buffer.padded()) {
        float[] data = batch.workspace.data(buffer);
        int element = (int) (offset / Float.BYTES);
        data[element] = Float.intBitsToFloat(Float.floatToRawIntBits(data[element]) ^ lie.mask());
        report(address, MemorySegment.ofArray(data), offset);
        return;
      }
    }
    for (Map.Entry<Long, KvCache> entry : batch.caches().entrySet()) {
      long offset = address - entry.getKey();
      KvCache cache = entry.getValue();
      if (offset >= 0 && offset < cache.rows().byteSize()) {
        cache.flip(offset, lie.mask());
        report(address, cache.rows(), offset);
        return;
      }
    }
    throw new IllegalArgumentException("nothing is at 0x%x".formatted(address));
  }

  private void tellToken(Lie lie) {
    int g = batch.tokens.index(batch.position);
    if (batch.from == batch.to || lie.address() != MemoryRegion.OUTPUT.base() + 4 + 4L * g) {
      throw new IllegalArgumentException(
          "position %d draws no token at 0x%x".formatted(batch.position, lie.address()));
    }
    batch.workspace.drawn[0] ^= lie.mask();
    if (batch.observed()) {
      SampleStep.report(batch, 0, batch.workspace.drawn[0]);
    }
  }

  private void report(long address, MemorySegment bytes, long offset) {
    long start = offset & -LEAF;
    batch.written(0, address & -LEAF, bytes.asSlice(start, LEAF));
  }
}
