package dev.opml.vm.engine;

import dev.opml.vm.graph.Project;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PROJECT: products of a range of rows, and what follows. */
final class ProjectPart implements ProductPart {
  private final Kernels kernels;
  private final Project project;
  private final WeightMatrix matrix;
  private final @Nullable WeightMatrix factor;
  private final float @Nullable [] bias;
  private final float @Nullable [] factorBias;
  private final Buffer out;
  private final @Nullable Buffer residual;

  ProjectPart(Kernels kernels, Project project, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    this.project = project;
    matrix = weights.matrix(project.matrix());
    factor = project.gated() ? weights.matrix(project.factor()) : null;
    bias = project.bias() == 0 ? null : weights.vector(project.bias(), project.rowEnd());
    factorBias =
        project.factorBias() == 0 ? null : weights.vector(project.factorBias(), project.rowEnd());
    out = buffers.at(project.out());
    residual = project.residual() == 0 ? null : buffers.at(project.residual());
  }

  @Override
  public List<WeightMatrix> matrices() {
    return factor == null ? List.of(matrix) : List.of(matrix, factor);
  }

  @Override
  public Product.Rows rows(Batch batch) {
    return new Product.Rows(
        project.first(),
        project.rowEnd(),
        1,
        (scratch, from, to) -> compute(batch, scratch, from, to));
  }

  @Override
  public void report(Batch batch) {
    batch.written(out, project.first(), project.rowEnd());
  }

  private void compute(Batch batch, WorkerScratch scratch, int from, int to) {
    float[] result = batch.workspace.data(out);
    if (factor == null && residual == null) {
      batch.multiply(matrix, from, to, result, out.stride());
      for (int slot = batch.from; slot < batch.to; slot++) {
        int at = slot * out.stride() + from;
        finish(result, at, null, from, to - from);
        kernels.canonicalize(result, at, to - from);
      }
    } else {
      computeDensely(batch, scratch, from, to, result);
    }
  }

  /**
   * Computes rows in several steps. Products lie densely meanwhile, so that they stay in the
   * worker's cache.
   */
  private void computeDensely(
      Batch batch, WorkerScratch scratch, int from, int to, float[] result) {
    int rows = to - from;
    float[] y = scratch.first(batch, matrix, from, to);
    float[] u = factor == null ? null : scratch.second(batch, factor, from, to);
    for (int slot = batch.from; slot < batch.to; slot++) {
      int dense = (slot - batch.from) * rows;
      int at = slot * out.stride() + from;
      finish(y, dense, u, from, rows);
      if (residual == null) {
        kernels.canonicalize(y, dense, rows);
        System.arraycopy(y, dense, result, at, rows);
      } else {
        float[] added = batch.workspace.data(residual);
        kernels.add(added, slot * residual.stride() + from, y, dense, result, at, rows);
      }
    }
  }

  /** Does what is between products and residual, in place; factors lie as the products do. */
  private void finish(float[] y, int at, float @Nullable [] u, int from, int rows) {
    if (bias != null) {
      kernels.add(y, at, bias, from, y, at, rows);
    }
    activate(y, at, rows);
    if (u != null) {
      if (factorBias != null) {
        kernels.add(u, at, factorBias, from, u, at, rows);
      }
      Elements.multiply(y, u, at, rows);
    }
    Elements.scale(y, at, rows, project.scale());
    if (project.capped()) {
      kernels.softCap(y, at, rows, project.cap());
    }
  }

  private void activate(float[] y, int at, int rows) {
    switch (project.activation()) {
      case NONE -> {}
      case SILU -> kernels.silu(y, at, rows);
      case GELU -> kernels.gelu(y, at, rows);
      case RELU -> Elements.relu(y, at, rows);
    }
  }
}
