package dev.opml.vm.engine;

import dev.opml.vm.kernel.Activations;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;

/**
 * Matrix products with one input vector a slot.
 *
 * @param kernels what multiplies
 * @param in the input vector
 * @param n its elements
 */
record Product(Kernels kernels, Buffer in, int n) {
  private static final int ELEMENTS_A_TASK = 256;

  /** Points the activations at the input and quantizes it as the matrices need it. */
  void prepare(Batch batch, WeightMatrix... matrices) {
    Workspace workspace = batch.workspace;
    workspace.activations.bind(workspace.data(in), in.padded(), n, batch.to);
    int done = 0;
    for (WeightMatrix matrix : matrices) {
      int block = matrix.activationBlock();
      if ((done & block) == 0 && block != 0) {
        done |= block;
        quantize(batch, block);
      }
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

  /**
   * Computes rows {@code first} to {@code end} for all slots; row r of slot s goes to {@code out[s
   * * stride + r]}.
   */
  void multiply(Batch batch, WeightMatrix matrix, int first, int end, float[] out, int stride) {
    if (first == end) {
      return;
    }
    batch.forRows(
        matrix,
        first,
        end,
        n,
        (from, to) ->
            matrix.multiply(
                batch.workspace.activations, batch.from, batch.to, from, to, out, stride));
  }
}
