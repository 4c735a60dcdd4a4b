package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.OutputRegion;
import dev.opml.vm.graph.Operation;
import dev.opml.vm.graph.Span;
import dev.opml.vm.kernel.attention.KvCache;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;

/**
 * The memory of a batch of one position, to be changed between nodes. Changed slots are reported to
 * the batch's sink as writes of the node before.
 */
public final class EditableMemory {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;

  private final Batch batch;
  private final Buffers buffers;

  EditableMemory(Batch batch, Buffers buffers) {
    this.batch = batch;
    this.buffers = buffers;
  }

  /**
   * Exclusive-ors a 32-bit word. In the output region, only the token that the node has drawn can
   * be changed.
   *
   * @param address address of the word, a multiple of 4
   * @param mask bits to flip
   * @throws IllegalArgumentException if nothing of this graph is at the address
   */
  public void flip(long address, int mask) {
    if (MemoryRegion.OUTPUT.contains(address)) {
      flipToken(address, mask);
      return;
    }
    for (Buffer buffer : buffers.all()) {
      long offset = address - buffer.address();
      if (offset >= 0 && offset < (long) Float.BYTES * buffer.padded()) {
        float[] data = batch.workspace.data(buffer);
        int element = (int) (offset / Float.BYTES);
        data[element] = Float.intBitsToFloat(Float.floatToRawIntBits(data[element]) ^ mask);
        report(address, MemorySegment.ofArray(data), offset);
        return;
      }
    }
    for (Map.Entry<Long, KvCache> entry : batch.caches().entrySet()) {
      long offset = address - entry.getKey();
      KvCache cache = entry.getValue();
      if (offset >= 0 && offset < cache.rows().byteSize()) {
        cache.flip(offset, mask);
        report(address, cache.rows(), offset);
        return;
      }
    }
    throw new IllegalArgumentException("nothing is at 0x%x".formatted(address));
  }

  private void flipToken(long address, int mask) {
    int g = batch.tokens.index(batch.position);
    if (batch.from == batch.to || address != OutputRegion.addressOf(g)) {
      throw new IllegalArgumentException(
          "position %d draws no token at 0x%x".formatted(batch.position, address));
    }
    batch.workspace.drawn[0] ^= mask;
    if (batch.observed()) {
      SampleStep.report(batch, 0, batch.workspace.drawn[0]);
    }
  }

  private void report(long address, MemorySegment bytes, long offset) {
    long start = offset & -LEAF;
    batch.written(0, address & -LEAF, bytes.asSlice(start, LEAF));
  }

  /**
   * Zeroes the padding that a row is about to write. Only {@link #flip} can have changed it, so no
   * step does that.
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
}
