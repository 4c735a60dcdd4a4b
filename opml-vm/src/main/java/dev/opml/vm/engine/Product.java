package dev.opml.vm.engine;

import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Products of matrices with one input vector a slot, and what follows row by row. Threads split the
 * rows of all matrices and finish what they multiplied, so that an operator has one task set.
 */
final class Product {
  /** Elements of each vector that one task quantizes. */
  private static final int ELEMENTS_A_TASK = 256;

  /** Multiply-adds below which handing work to other threads costs more than it saves. */
  private static final long WORTH_SHARING = 1 << 15;

  /** Tasks a thread: the more, the sooner all threads are done together. */
  private static final int TASKS_PER_THREAD = 16;

  /** Tasks a thread below which rows that are best multiplied at once are split. */
  private static final int FEWEST_TASKS_PER_THREAD = 4;

  /** Products of a task, unless its rows cannot be split: few enough to stay in a cache. */
  private static final int MOST_PRODUCTS = 1 << 14;

  private final Kernels kernels;
  private final Buffer in;
  private final int n;
  private final List<WeightMatrix> matrices;

  /**
   * Prepares an operator.
   *
   * @param kernels what multiplies
   * @param in the input vector
   * @param n its elements
   * @param matrices all that are multiplied with it
   */
  Product(Kernels kernels, Buffer in, int n, List<WeightMatrix> matrices) {
    this.kernels = kernels;
    this.in = in;
    this.n = n;
    this.matrices = List.copyOf(matrices);
  }

  /** Computes output rows of all slots. */
  @FunctionalInterface
  interface RowTask {
    /** Multiplies and finishes rows {@code from} to {@code to}, exclusive. */
    void run(WorkerScratch scratch, int from, int to);
  }

  /**
   * Output rows to compute.
   *
   * @param first first row
   * @param end row after the last
   * @param unit rows that are not split: ranges begin and end at multiples of it, or at the ends
   * @param task computes some of them
   */
  record Rows(int first, int end, int unit, RowTask task) {
    /** Number of ranges that end at multiples of {@code step}. */
    int ranges(int step) {
      return first == end ? 0 : (end - 1) / step - first / step + 1;
    }

    /** Computes range {@code n} of those. */
    void compute(WorkerScratch scratch, int n, int step) {
      int at = first / step + n;
      task.run(scratch, Math.max(first, at * step), Math.min(end, (at + 1) * step));
    }

    /**
     * The multiple of {@code unit} and {@code granularity} next to {@code wanted}, at least one.
     */
    int step(int granularity, long wanted) {
      int least = unit;
      while (least % granularity != 0) {
        least += unit;
      }
      return least * (int) Math.max(1, wanted / least);
    }
  }

  /** Quantizes the input as the matrices need it, and computes rows. */
  void compute(Batch batch, Rows... all) {
    int slots = batch.slots();
    Activations x = batch.workspace.activations;
    x.bind(batch.workspace.data(in), batch.from * in.stride(), in.stride(), n, slots);
    long rows = 0;
    for (Rows some : all) {
      rows += some.end() - some.first();
    }
    if (rows == 0) {
      return;
    }
    matrices.forEach(matrix -> matrix.prepare(x));
    for (int block : Activations.BLOCKS) {
      if (x.isNeeded(block)) {
        quantize(batch, block);
      }
    }
    boolean shared = batch.team.size() > 1 && rows * n * slots >= WORTH_SHARING;
    long wanted = shared ? wanted(rows / batch.team.size(), slots) : rows;
    int granularity = most(matrix -> matrix.rowGranularity(slots));
    int[] steps = new int[all.length];
    int tasks = 0;
    for (int i = 0; i < all.length; i++) {
      steps[i] = all[i].step(granularity, Math.min(wanted, MOST_PRODUCTS / slots));
      tasks += all[i].ranges(steps[i]);
    }
    Team.Task task = (worker, index) -> compute(batch.workspace.scratch[worker], all, steps, index);
    if (shared) {
      batch.team.run(tasks, task);
    } else {
      Team.runAlone(tasks, task);
    }
  }

  /** Rows of a task. */
  private long wanted(long rowsPerThread, int slots) {
    return Math.max(
        rowsPerThread / TASKS_PER_THREAD,
        Math.min(
            most(matrix -> matrix.rowsAtOnce(slots)), rowsPerThread / FEWEST_TASKS_PER_THREAD));
  }

  private int most(ToIntFunction<WeightMatrix> rows) {
    return matrices.stream().mapToInt(rows).max().orElse(1);
  }

  /** Computes the {@code task}-th of the ranges that rows are split into. */
  private static void compute(WorkerScratch scratch, Rows[] all, int[] steps, int task) {
    int range = task;
    for (int i = 0; ; i++) {
      int ranges = all[i].ranges(steps[i]);
      if (range < ranges) {
        all[i].compute(scratch, range, steps[i]);
        return;
      }
      range -= ranges;
    }
  }

  private void quantize(Batch batch, int block) {
    Activations x = batch.workspace.activations;
    int blocksOfVector = n / block;
    if (batch.slots() == 1) {
      kernels.quantize(x, block, 0, blocksOfVector);
      return;
    }
    int step = Math.max(1, ELEMENTS_A_TASK / block);
    batch.team.run(
        (blocksOfVector + step - 1) / step,
        (worker, task) ->
            kernels.quantize(x, block, task * step, Math.min(blocksOfVector, (task + 1) * step)));
  }
}
