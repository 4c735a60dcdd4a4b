package dev.opml.vm.engine;

import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.attention.QueryBlock;
import java.util.stream.Stream;

/**
 * The vectors of a batch: every buffer once a batch slot, and room for intermediate results. Slot 0
 * holds persistent memory between batches.
 */
final class Workspace {
  private static final int SCORE_MULTIPLE = 64;

  private final Buffers buffers;
  private final float[][] data;

  /** Input of the matrix product that is being computed. */
  final Activations activations;

  /** Attention scores of a block of queries, one array a worker. */
  final float[][] scores;

  /** Results that a worker has not finished yet. */
  final WorkerScratch[] scratch;

  /** Token drawn in each slot. */
  final int[] drawn;

  Workspace(Buffers buffers, int slots, int positions, int workers) {
    this.buffers = buffers;
    data = new float[buffers.all().size()][];
    for (Buffer buffer : buffers.all()) {
      data[buffer.index()] = new float[Math.multiplyExact(buffer.stride(), slots)];
    }
    activations = new Activations(slots, buffers.longestInput());
    int room = (positions + SCORE_MULTIPLE - 1) / SCORE_MULTIPLE * SCORE_MULTIPLE;
    scores = new float[workers][QueryBlock.MOST * room];
    scratch = Stream.generate(WorkerScratch::new).limit(workers).toArray(WorkerScratch[]::new);
    drawn = new int[slots];
  }

  /** Bytes that a workspace takes, about. */
  static long bytes(Buffers buffers, int slots, int positions, int workers) {
    long elements = buffers.all().stream().mapToLong(Buffer::stride).sum() * slots;
    long scores = (long) workers * QueryBlock.MOST * (positions + SCORE_MULTIPLE);
    return Float.BYTES * (elements + scores) + Activations.bytes(slots, buffers.longestInput());
  }

  /** All slots of a buffer, {@link Buffer#stride()} elements apart. */
  float[] data(Buffer buffer) {
    return data[buffer.index()];
  }

  /**
   * Makes slot 0 what slot {@code last} is: the batch is over and left memory so.
   *
   * @param sampled whether {@code SAMPLED} rows ran in that slot; if not, what only they write
   *     stays
   */
  void settle(int last, boolean sampled) {
    if (last == 0) {
      return;
    }
    for (Buffer buffer : buffers.all()) {
      if (sampled || !buffer.sampledOnly()) {
        float[] slots = data(buffer);
        System.arraycopy(slots, last * buffer.stride(), slots, 0, buffer.padded());
      }
    }
  }
}
