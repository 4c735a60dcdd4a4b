package dev.opml.vm.kernel.vector;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import dev.opml.vm.kernel.loop.LoopKernels;
import dev.opml.vm.kernel.width.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * Kernels that use the incubating Vector API; formats and cases without a vector kernel go to the
 * scalar reference. Must only be linked where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorKernels extends LoopKernels {
  /**
   * Blocks of a vector that are quantized before those of the next: the int8 forms of a batch have
   * vectors side by side, and floats have them far apart.
   */
  private static final int BLOCKS_AT_ONCE = 4;

  private final Supplier<Kernels> starting;

  /**
   * Vector kernels.
   *
   * @param starting gives what is faster until they are compiled
   */
  public VectorKernels(Supplier<Kernels> starting) {
    this.starting = starting;
  }

  @Override
  public String name() {
    return "vector, " + VectorWidth.BITS + " bits";
  }

  @Override
  public Kernels starting() {
    return starting.get();
  }

  @Override
  protected WeightMatrix tiled(FileMatrix matrix, MemorySegment packed) {
    return new VectorMatrix(matrix, packed);
  }

  @Override
  public void quantize(Activations x, int block, int from, int to) {
    QuantizedVectors quantized = x.quantized(block);
    VectorQuantizer quantizer = new VectorQuantizer(quantized);
    for (int group = from; group < to; group += BLOCKS_AT_ONCE) {
      int end = Math.min(to, group + BLOCKS_AT_ONCE);
      for (int v = 0; v < quantized.vectors; v++) {
        for (int b = group; b < end; b++) {
          quantizer.quantize(x.values(), x.offset(v) + b * block, v, b);
        }
      }
    }
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
  public void silu(float[] x, int offset, int n) {
    VectorArrays.silu(x, offset, n);
  }

  @Override
  public void gelu(float[] x, int offset, int n) {
    VectorArrays.gelu(x, offset, n);
  }

  @Override
  public void softCap(float[] x, int offset, int n, float cap) {
    VectorArrays.softCap(x, offset, n, cap);
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
  public long cacheBytes(KvLayout layout, int positions) {
    return TiledKvCache.heapBytes(layout, positions);
  }

  @Override
  public void attend(
      KvCache cache, int kvHead, QueryBlock block, Scoring scoring, float[] scratch) {
    if (cache.sawNan() || !(cache instanceof TiledKvCache tiled)) {
      super.attend(cache, kvHead, block, scoring, scratch);
      return;
    }
    VectorAttention.attend(tiled, kvHead, block, scoring, scratch);
  }
}
