package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One row of a weight matrix, unpacked: the scalar reference for every format. Reusable, not
 * thread-safe.
 */
public abstract sealed class WeightRow permits DenseRow, BlockRow, SuperBlockRow {
  private final long bytes;

  /** The row's bytes as the file has them. */
  public final byte[] packed;

  /** The integers of a quantized row. */
  public final byte[] q;

  /** Elements of the row. */
  public final int columns;

  WeightRow(GgmlType type, int columns) {
    this.columns = columns;
    bytes = type.bytes(columns);
    packed = new byte[Math.toIntExact(bytes)];
    q = new byte[type.blockSize() == 1 ? 0 : columns];
  }

  /**
   * A holder for rows of a format.
   *
   * @throws IllegalArgumentException if {@code columns} is not whole blocks
   */
  public static WeightRow of(GgmlType type, int columns) {
    return switch (type) {
      case F32, F16, BF16 -> new DenseRow(type, columns);
      case Q8_0 -> new BlockRow(type, Byte.SIZE, columns);
      case Q4_0, Q4_1 -> new BlockRow(type, 4, columns);
      case Q5_0, Q5_1 -> new BlockRow(type, 5, columns);
      case Q4_K -> new PackedScalesRow(type, 4, columns);
      case Q5_K -> new PackedScalesRow(type, 5, columns);
      case Q6_K -> new ByteScalesRow(type, columns);
    };
  }

  /** Reads row {@code row} of a matrix. */
  public final void read(MemorySegment matrix, long row) {
    MemorySegment.copy(matrix, ValueLayout.JAVA_BYTE, row * bytes, packed, 0, packed.length);
    unpack();
  }

  abstract void unpack();

  /** Product with vector {@code vector}. */
  public abstract float dot(Activations x, int vector);

  /**
   * The scales within the block that belong to 32 columns of a K-quant: the lower byte the scale
   * and the upper the minimum, or the scales of 16 columns each.
   *
   * @throws UnsupportedOperationException if the format has none
   */
  public short subScales(int column) {
    throw new UnsupportedOperationException();
  }

  /** Sum of products of {@code n} integers with those of a vector from {@code at} on. */
  final int dot(int from, int n, QuantizedVectors x, int at) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += q[from + i] * x.number(at + i);
    }
    return sum;
  }

  /** Writes the row as floats. */
  public abstract void dequantize(float[] out, int offset);

  final int byteAt(int offset) {
    return packed[offset] & 0xff;
  }

  /** The 16 bits at an offset in the row's bytes. */
  public final short shortAt(int offset) {
    return (short) (byteAt(offset) | byteAt(offset + 1) << 8);
  }

  /** The 32 bits at an offset in the row's bytes. */
  public final int intAt(int offset) {
    return (shortAt(offset) & 0xffff) | shortAt(offset + 2) << 16;
  }

  final float halfAt(int offset) {
    return Float.float16ToFloat(shortAt(offset));
  }
}
