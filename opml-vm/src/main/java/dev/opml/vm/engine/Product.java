package dev.opml.vm.engine;

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
  /** Points the activations at the input and quantizes it as the matrices need it. */
  void prepare(Batch batch, WeightMatrix... matrices) {
    Workspace workspace = batch.workspace;
    workspace.activations.bind(workspace.data(in), in.padded(), n, batch.to);
    int done = 0;
    for (WeightMatrix matrix : matrices) {
      int block = matrix.activationBlock();
      if ((done & block) == 0 && block != 0) {
        done |= block;
        batch.forSlots((worker, slot) -> kernels.quantize(workspace.activations, slot, block));
      }
    }
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
