package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;

/**
 * A row of K-quant blocks of 256, whose sub-blocks have integer scales and, where the format has
 * minimums, integer minimums of 32 columns.
 */
abstract sealed class SuperBlockRow extends WeightRow permits PackedScalesRow, ByteScalesRow {
  static final int BLOCK = QuantizedVectors.LARGE_BLOCK;
  static final int SMALL = QuantizedVectors.SMALL_BLOCK;

  private final int blockBytes;
  private final int sub;
  private final boolean hasMinimums;

  /** The scale of each block. */
  final float[] scale;

  /** The minimum of each block. */
  final float[] minimum;

  /** The scale of each sub-block. */
  final int[] subScale;

  /** The minimum of each 32 columns. */
  final int[] subMinimum;

  /**
   * A holder for rows.
   *
   * @param sub columns that share a scale within the block: 16 or 32
   */
  SuperBlockRow(GgmlType type, int sub, int columns) {
    super(type, columns);
    blockBytes = type.blockBytes();
    this.sub = sub;
    hasMinimums = type.hasMinimums();
    scale = new float[columns / BLOCK];
    minimum = new float[columns / BLOCK];
    subScale = new int[columns / sub];
    subMinimum = new int[columns / SMALL];
  }

  @Override
  final void unpack() {
    for (int block = 0; block < scale.length; block++) {
      unpack(block, block * blockBytes);
    }
  }

  /** Unpacks a block whose bytes begin at {@code at}. */
  abstract void unpack(int block, int at);

  @Override
  public final float dot(Activations x, int vector) {
    QuantizedVectors quantized = x.quantized(BLOCK);
    float sum = 0;
    for (int block = 0; block < scale.length; block++) {
      int from = block * BLOCK;
      int integer = 0;
      for (int i = 0; i < BLOCK; i += sub) {
        int at = quantized.at(vector, (from + i) / SMALL) * SMALL + i % SMALL;
        integer += subScale[(from + i) / sub] * dot(from + i, sub, quantized, at);
      }
      float dx = quantized.scale[quantized.at(vector, block)];
      sum = sum + (scale[block] * dx) * (float) integer;
      if (hasMinimums) {
        int shift = 0;
        for (int i = 0; i < BLOCK / SMALL; i++) {
          int small = from / SMALL + i;
          shift += subMinimum[small] * quantized.sums[quantized.at(vector, small)];
        }
        sum = sum - (minimum[block] * dx) * (float) shift;
      }
    }
    return sum;
  }

  @Override
  public final void dequantize(float[] out, int offset) {
    for (int i = 0; i < columns; i++) {
      float value = (scale[i / BLOCK] * (float) subScale[i / sub]) * (float) q[i];
      out[offset + i] =
          hasMinimums ? value - minimum[i / BLOCK] * (float) subMinimum[i / SMALL] : value;
    }
  }
}
