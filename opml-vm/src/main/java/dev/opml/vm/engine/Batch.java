package dev.opml.vm.engine;

import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.attention.KvCache;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive positions that go through the rows together. Slot {@code s} is position {@code
 * position + s}.
 */
final class Batch {
  private final Map<Long, KvCache> caches;
  private final @Nullable NodeSink sink;

  final Workspace workspace;
  final Team team;
  final Tokens tokens;
  final Drawing drawing;
  final int position;

  /** First slot that the current row runs for. */
  int from;

  /** Slot after the last. */
  final int to;

  /** The current row. */
  int row;

  Batch(
      Workspace workspace,
      Map<Long, KvCache> caches,
      Team team,
      Tokens tokens,
      Drawing drawing,
      int position,
      int slots,
      @Nullable NodeSink sink) {
    this.workspace = workspace;
    this.caches = caches;
    this.team = team;
    this.tokens = tokens;
    this.drawing = drawing;
    this.position = position;
    this.sink = sink;
    to = slots;
  }

  /** The KV rows at a base address. */
  KvCache cache(long base) {
    KvCache cache = caches.get(base);
    if (cache == null) {
      throw new IllegalArgumentException("no KV rows at 0x%x".formatted(base));
    }
    return cache;
  }

  /** All KV rows by base address. */
  Map<Long, KvCache> caches() {
    return caches;
  }

  /** Whether somebody wants to know what is written. */
  boolean observed() {
    return sink != null;
  }

  /** Number of slots that the current row runs for. */
  int slots() {
    return to - from;
  }

  /** Multiplies rows of a matrix with the vectors of all slots. */
  void multiply(WeightMatrix matrix, int from, int to, float[] out, int stride) {
    matrix.multiply(workspace.activations, from, to, out, this.from * stride, stride);
  }

  /** Runs one task a slot. */
  void forSlots(Team.Task task) {
    int first = from;
    team.run(slots(), (worker, i) -> task.run(worker, first + i));
  }

  /**
   * Reports elements {@code first} to {@code end} of a buffer, with the padding of the last slot,
   * in the pieces that all rows share.
   */
  void written(Buffer buffer, int first, int end) {
    if (sink == null) {
      return;
    }
    MemorySegment data = MemorySegment.ofArray(workspace.data(buffer));
    for (int start = first, next; start < end; start = next) {
      next = buffer.endOfPiece(start);
      long offset = (long) Float.BYTES * start;
      long bytes = (long) Float.BYTES * (next - start);
      for (int slot = from; slot < to; slot++) {
        long slotOffset = (long) Float.BYTES * slot * buffer.stride();
        written(slot, buffer.address() + offset, data.asSlice(slotOffset + offset, bytes));
      }
    }
  }

  /** Reports bytes that slot {@code slot} wrote. */
  void written(int slot, long address, MemorySegment bytes) {
    if (sink != null) {
      sink.written(position + slot, row, address, bytes);
    }
  }
}
