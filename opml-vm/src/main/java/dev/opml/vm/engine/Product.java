package dev.opml.vm.engine;

import dev.opml.vm.kernel.Activations;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix products with one input vector a slot.
 *
 * @param kernels what multiplies
 * @param in the input vector
 * @param n its elements
 */
record Product(Kernels kernels, Buffer in, int n) {
  /** Elements of each vector that one task quantizes. */
  private static final int ELEMENTS_A_TASK = 256;

  /** Multiply-adds below which handing work to other threads costs more than it saves. */
  private static final long WORTH_SHARING = 1 << 15;

  /** Tasks a thread: the more, the sooner all threads are done together. */
  private static final int TASKS_PER_THREAD = 8;

  /**
   * Rows of a matrix to multiply with; row r of slot s goes to {@code out[s * stride + r]}.
   *
   * @param matrix the matrix
   * @param first first row
   * @param end row after the last
   * @param out where to
   * @param stride elements from a slot's results to the next slot's
   */
  @SuppressWarnings("ArrayRecordComponent") // a bundle of arguments, never compared
  record Rows(WeightMatrix matrix, int first, int end, float[] out, int stride) {
    void multiply(Batch batch) {
      matrix.multiply(batch.workspace.activations, batch.from, batch.to, first, end, out, stride);
    }

    /** Splits the rows at multiples of {@code step}. */
    void split(int step, List<Rows> parts) {
      for (int from = first; from < end; ) {
        int to = Math.min(end, (from / step + 1) * step);
        parts.add(new Rows(matrix, from, to, out, stride));
        from = to;
      }
    }
  }

  /** Quantizes the input as the matrices need it, and multiplies all of them with it at once. */
  void multiply(Batch batch, Rows... all) {
    batch.workspace.activations.bind(batch.workspace.data(in), in.padded(), n, batch.to);
    int done = 0;
    long rows = 0;
    for (Rows some : all) {
      int block = some.matrix().activationBlock();
      if (some.first() < some.end() && (done & block) == 0 && block != 0) {
        done |= block;
        quantize(batch, block);
      }
      rows += some.end() - some.first();
    }
    boolean shared = batch.team.size() > 1 && rows * n * (batch.to - batch.from) >= WORTH_SHARING;
    long wanted = shared ? rows / ((long) batch.team.size() * TASKS_PER_THREAD) : rows;
    List<Rows> parts = new ArrayList<>();
    for (Rows some : all) {
      int grain = some.matrix().rowGranularity();
      some.split((int) Math.max(1, wanted / grain) * grain, parts);
    }
    if (shared) {
      batch.team.run(parts.size(), (worker, task) -> parts.get(task).multiply(batch));
    } else {
      parts.forEach(part -> part.multiply(batch));
    }
  }

  private void quantize(Batch batch, int block) {
    Activations x = batch.workspace.activations;
    int blocks = n / block;
    if (batch.to == 1) {
      kernels.quantize(x, block);
      return;
    }
    int step = Math.max(1, ELEMENTS_A_TASK / block);
    batch.team.run(
        (blocks + step - 1) / step,
        (worker, task) ->
            kernels.quantize(x, block, task * step, Math.min(blocks, (task + 1) * step)));
  }
}
