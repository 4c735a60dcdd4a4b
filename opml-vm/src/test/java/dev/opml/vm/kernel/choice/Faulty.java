package dev.opml.vm.kernel.choice;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import java.lang.foreign.MemorySegment;

/** Scalar kernels that get the last bit of the last element of one probe wrong. */
final class Faulty extends ScalarKernels {
  private final String probe;

  Faulty(String probe) {
    this.probe = probe;
  }

  @Override
  public String name() {
    return "faulty";
  }

  private void spoil(String name, float[] results, int last) {
    if (name.equals(probe)) {
      results[last] = Float.intBitsToFloat(Float.floatToRawIntBits(results[last]) ^ 1);
    }
  }

  @Override
  public WeightMatrix matrix(FileMatrix matrix, MemorySegment packed) {
    WeightMatrix right = super.matrix(matrix, packed);
    return new WeightMatrix() {
      @Override
      public void prepare(Activations x) {
        right.prepare(x);
      }

      @Override
      public int rowGranularity(int vectors) {
        return right.rowGranularity(vectors);
      }

      @Override
      public void multiply(
          Activations x, int firstRow, int endRow, float[] out, int offset, int stride) {
        right.multiply(x, firstRow, endRow, out, offset, stride);
        spoil("a " + matrix.type() + " product", out, offset + endRow - 1);
      }
    };
  }

  @Override
  public void dequantize(
      GgmlType type, MemorySegment data, long row, int columns, float[] out, int outOffset) {
    super.dequantize(type, data, row, columns, out, outOffset);
    spoil("a " + type + " row", out, outOffset + columns - 1);
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, int n, float eps, float[] out, int outOffset) {
    super.rmsNorm(x, xOffset, weight, n, eps, out, outOffset);
    spoil("a norm", out, outOffset + n - 1);
  }

  @Override
  public void add(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    super.add(a, aOffset, b, bOffset, out, outOffset, n);
    spoil("a sum", out, outOffset + n - 1);
  }

  @Override
  public void silu(float[] x, int offset, int n) {
    super.silu(x, offset, n);
    spoil("SiLU", x, offset + n - 1);
  }

  @Override
  public void gelu(float[] x, int offset, int n) {
    super.gelu(x, offset, n);
    spoil("GELU", x, offset + n - 1);
  }

  @Override
  public void softCap(float[] x, int offset, int n, float cap) {
    super.softCap(x, offset, n, cap);
    spoil("a soft cap", x, offset + n - 1);
  }

  @Override
  public void canonicalize(float[] x, int offset, int n) {
    super.canonicalize(x, offset, n);
    spoil("a canonical NaN", x, offset + n - 1);
  }

  @Override
  public void attend(
      KvCache cache, int kvHead, QueryBlock block, Scoring scoring, float[] scratch) {
    super.attend(cache, kvHead, block, scoring, scratch);
    spoil(
        scoring.window() == 0 ? "attention" : "attention with a window and a cap",
        block.out(),
        block.outOffset() + cache.layout().headDim() - 1);
  }
}
