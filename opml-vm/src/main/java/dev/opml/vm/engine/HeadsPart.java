package dev.opml.vm.engine;

import dev.opml.vm.graph.Heads;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.arithmetic.Rotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HEADS without their destination: products of a range of heads, and what follows. */
abstract class HeadsPart implements ProductPart {
  private final float @Nullable [] bias;
  private final float @Nullable [] norm;
  private final @Nullable Rotation rotation;

  final Kernels kernels;
  final Heads heads;
  final WeightMatrix matrix;

  HeadsPart(Kernels kernels, Heads heads, Weights weights, @Nullable Rotation rotation) {
    this.kernels = kernels;
    this.heads = heads;
    this.rotation = rotation;
    matrix = weights.matrix(heads.matrix());
    bias = heads.bias() == 0 ? null : weights.vector(heads.bias(), heads.rowEnd());
    norm = heads.norm() == 0 ? null : weights.vector(heads.norm(), heads.headDim());
  }

  @Override
  public final List<WeightMatrix> matrices() {
    return List.of(matrix);
  }

  @Override
  public final Product.Rows rows(Batch batch) {
    return new Product.Rows(
        heads.rowFirst(),
        heads.rowEnd(),
        heads.headDim(),
        (scratch, from, to) -> compute(batch, scratch, from, to));
  }

  /** Computes rows {@code from} to {@code to}, whole heads, of all slots. */
  abstract void compute(Batch batch, WorkerScratch scratch, int from, int to);

  /**
   * Makes products heads.
   *
   * @param y array with the products
   * @param at index of the first
   * @param from its row
   * @param to row after the last
   * @param position the position
   */
  final void finish(float[] y, int at, int from, int to, int position) {
    if (bias != null) {
      kernels.add(y, at, bias, from, y, at, to - from);
    }
    int headDim = heads.headDim();
    for (int head = at; head < at + to - from; head += headDim) {
      if (norm != null) {
        kernels.rmsNorm(y, head, norm, headDim, heads.epsilon(), y, head);
      }
      if (rotation != null) {
        rotation.apply(y, head, position);
      }
    }
  }
}
