package dev.opml.vm.kernel.choice;

import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** An F32 product whose multiplications and additions are fused: forbidden. */
record FusedMatrix(MemorySegment data, int columns) implements WeightMatrix {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public void prepare(Activations x) {}

  @Override
  public int rowGranularity(int vectors) {
    return 1;
  }

  @Override
  public void multiply(
      Activations x, int firstRow, int endRow, float[] out, int offset, int stride) {
    for (int v = 0; v < x.vectors(); v++) {
      for (int r = firstRow; r < endRow; r++) {
        float sum = 0;
        for (int i = 0; i < columns; i++) {
          float w = data.getAtIndex(FLOAT, (long) r * columns + i);
          sum = Math.fma(w, x.values()[x.offset(v) + i], sum);
        }
        out[offset + v * stride + r] = sum;
      }
    }
  }
}
