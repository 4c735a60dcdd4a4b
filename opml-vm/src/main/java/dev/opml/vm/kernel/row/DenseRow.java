package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.Activations;

/** A row of floats: F32, F16, BF16. */
final class DenseRow extends WeightRow {
  private final FloatEncoding encoding;
  private final float[] values;

  DenseRow(GgmlType type, int columns) {
    super(type, columns);
    encoding = type.floats().getFirst().encoding();
    values = new float[columns];
  }

  @Override
  void unpack() {
    for (int i = 0; i < columns; i++) {
      values[i] =
          switch (encoding) {
            case BINARY32 -> Float.intBitsToFloat(intAt(4 * i));
            case BINARY16 -> halfAt(2 * i);
            case BFLOAT16 -> Float.intBitsToFloat(shortAt(2 * i) << 16);
          };
    }
  }

  @Override
  public float dot(Activations x, int vector) {
    float[] activations = x.values();
    int offset = x.offset(vector);
    float sum = 0;
    for (int i = 0; i < columns; i++) {
      sum = sum + values[i] * activations[offset + i];
    }
    return sum;
  }

  @Override
  public void dequantize(float[] out, int offset) {
    System.arraycopy(values, 0, out, offset, columns);
  }
}
