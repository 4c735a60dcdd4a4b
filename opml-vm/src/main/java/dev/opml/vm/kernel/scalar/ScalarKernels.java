package dev.opml.vm.kernel.scalar;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.arithmetic.Curves;
import dev.opml.vm.kernel.arithmetic.Exponential;
import dev.opml.vm.kernel.arithmetic.LaneSum;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import dev.opml.vm.kernel.row.WeightRow;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The reference: plain Java, one operation after the other as docs/numerics.md writes them. */
public class ScalarKernels implements Kernels {
  /** The kernels. */
  public static final Kernels INSTANCE = new ScalarKernels();

  /** For kernels that compute some of it faster. */
  protected ScalarKernels() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String layout() {
    return "file";
  }

  @Override
  public long packedBytes(FileMatrix matrix) {
    return 0;
  }

  @Override
  public int packedParts(FileMatrix matrix) {
    return 0;
  }

  @Override
  public void pack(FileMatrix matrix, int part, MemorySegment packed) {
    throw new IllegalArgumentException("nothing is packed");
  }

  @Override
  public WeightMatrix matrix(FileMatrix matrix, MemorySegment packed) {
    return new ScalarMatrix(matrix);
  }

  @Override
  public void quantize(Activations x, int block, int from, int to) {
    QuantizedVectors quantized = x.quantized(block);
    for (int v = 0; v < quantized.vectors; v++) {
      for (int b = from; b < to; b++) {
        quantized.quantize(x.values(), x.offset(v) + b * block, v, b);
      }
    }
  }

  @Override
  public void dequantize(
      GgmlType type, MemorySegment data, long row, int columns, float[] out, int outOffset) {
    WeightRow weights = WeightRow.of(type, columns);
    weights.read(data, row);
    weights.dequantize(out, outOffset);
    canonicalize(out, outOffset, columns);
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, int n, float eps, float[] out, int outOffset) {
    float r = inverseRms(LaneSum.sumOfSquares(x, xOffset, n), n, eps);
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Curves.canonical((x[xOffset + i] * r) * weight[i]);
    }
  }

  /** One through the root of the mean square. */
  protected static float inverseRms(float sumOfSquares, int n, float eps) {
    return 1 / (float) Math.sqrt(sumOfSquares / (float) n + eps);
  }

  @Override
  public void add(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Curves.canonical(a[aOffset + i] + b[bOffset + i]);
    }
  }

  @Override
  public void silu(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = Curves.silu(x[i]);
    }
  }

  @Override
  public void gelu(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = Curves.gelu(x[i]);
    }
  }

  @Override
  public void softCap(float[] x, int offset, int n, float cap) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = Curves.softCap(x[i], cap);
    }
  }

  @Override
  public void canonicalize(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = Curves.canonical(x[i]);
    }
  }

  @Override
  public KvCache cache(KvLayout layout, int positions) {
    return new KvCache(layout, positions);
  }

  @Override
  public long cacheBytes(KvLayout layout, int positions) {
    return 0; // its rows are outside the heap
  }

  @Override
  public void attend(
      KvCache cache, int kvHead, QueryBlock block, Scoring scoring, float[] scratch) {
    for (int q = 0; q < block.count(); q++) {
      attend(cache, kvHead, block, q, scoring, scratch);
    }
  }

  private static void attend(
      KvCache cache, int kvHead, QueryBlock block, int q, Scoring scoring, float[] scratch) {
    int positions = block.positionsOf(q);
    int first = scoring.first(positions);
    float[] query = block.query();
    int queryOffset = block.queryOffset() + q * block.queryStep();
    float[] out = block.out();
    int outOffset = block.outOffset() + q * block.outStep();
    int headDim = cache.layout().headDim();
    float[] row = new float[headDim];
    float max = Float.NEGATIVE_INFINITY;
    for (int p = first; p < positions; p++) {
      read(cache, cache.keyAt(p, kvHead), row);
      float dot = 0;
      for (int i = 0; i < headDim; i++) {
        dot = dot + query[queryOffset + i] * row[i];
      }
      scratch[p] = dot * scoring.scale();
      if (scoring.capped()) {
        scratch[p] = Curves.softCap(scratch[p], scoring.cap());
      }
      max = Math.max(max, scratch[p]);
    }
    Arrays.fill(scratch, 0, first, 0); // +0 changes no lane of the sum
    float[] weighted = new float[headDim];
    for (int p = first; p < positions; p++) {
      scratch[p] = Exponential.exp(scratch[p] - max);
      read(cache, cache.valueAt(p, kvHead), row);
      for (int i = 0; i < headDim; i++) {
        weighted[i] = weighted[i] + scratch[p] * row[i];
      }
    }
    float sum = LaneSum.sum(scratch, 0, positions);
    for (int i = 0; i < headDim; i++) {
      out[outOffset + i] = Curves.canonical(weighted[i] / sum);
    }
  }

  private static void read(KvCache cache, long from, float[] to) {
    MemorySegment rows = cache.rows();
    for (int i = 0; i < to.length; i++) {
      to[i] = Float.float16ToFloat(rows.get(KvCache.HALF, from + 2L * i));
    }
  }
}
