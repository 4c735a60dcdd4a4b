package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Kernels that use the incubating Vector API; formats and cases without a vector kernel go to the
 * scalar reference. Must only be linked where the module {@code jdk.incubator.vector} is present.
 */
final class VectorKernels extends ScalarKernels {
  @Override
  public String name() {
    return "vector, " + VectorWidth.BITS + " bits";
  }

  @Override
  public WeightMatrix matrix(
      GgmlType type, MemorySegment data, int rows, int columns, Arena arena) {
    if (rows < TileLayout.ROWS / 2) {
      // A tile would be mostly padding: many times the file's size where columns are many.
      return super.matrix(type, data, rows, columns, arena);
    }
    return switch (type) {
      case F32 -> new TiledFloat(data, rows, columns, arena);
      case F16 -> new TiledHalf(data, rows, columns, arena);
      case Q4_0 -> new TiledQ4(data, rows, columns, arena);
      case Q8_0 -> new TiledQ8(data, rows, columns, arena);
      default -> super.matrix(type, data, rows, columns, arena);
    };
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, int n, float eps, float[] out, int outOffset) {
    float r = inverseRms(VectorArrays.sumOfSquares(x, xOffset, n), n, eps);
    VectorArrays.scale(x, xOffset, r, weight, n, out, outOffset);
  }

  @Override
  public void add(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    VectorArrays.add(a, aOffset, b, bOffset, out, outOffset, n);
  }

  @Override
  public void siluTimes(
      float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int n) {
    VectorArrays.siluTimes(gate, gateOffset, up, upOffset, out, outOffset, n, new float[n]);
  }

  @Override
  public void canonicalize(float[] x, int offset, int n) {
    VectorArrays.canonicalize(x, offset, n);
  }

  @Override
  public KvCache cache(KvLayout layout, int positions) {
    return new TiledKvCache(layout, positions);
  }

  @Override
  public void attend(
      KvCache cache,
      int kvHead,
      int positions,
      float[] query,
      int queryOffset,
      float scale,
      float[] scratch,
      float[] out,
      int outOffset) {
    if (cache.sawNan() || !(cache instanceof TiledKvCache tiled)) {
      super.attend(cache, kvHead, positions, query, queryOffset, scale, scratch, out, outOffset);
      return;
    }
    VectorAttention.attend(
        tiled, kvHead, positions, query, queryOffset, scale, scratch, out, outOffset);
  }
}
