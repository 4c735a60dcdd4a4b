package dev.opml.vm.kernel.arithmetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rotary position embedding by a table of cosines and sines. Immutable and thread-safe. */
public final class Rotation {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final float[] table;
  private final int pairs;
  private final boolean interleaved;

  /**
   * Reads a table.
   *
   * @param source cosine and sine for position p and pair j at byte {@code 8 * (p * ropeDim / 2 +
   *     j)}
   * @param positions positions in the table
   * @param ropeDim rotated elements of a head, even
   * @param interleaved whether elements 2j and 2j+1 rotate together; else j and j + ropeDim/2
   */
  public Rotation(MemorySegment source, int positions, int ropeDim, boolean interleaved) {
    pairs = ropeDim / 2;
    table = new float[Math.multiplyExact(positions, 2 * pairs)];
    MemorySegment.copy(source, FLOAT, 0, table, 0, table.length);
    this.interleaved = interleaved;
  }

  /**
   * Rotates the head that starts at {@code head[offset]} by the angles of {@code position}, in
   * place.
   */
  public void apply(float[] head, int offset, int position) {
    int angle = position * 2 * pairs;
    int step = interleaved ? 2 : 1;
    int distance = interleaved ? 1 : pairs;
    for (int j = 0; j < pairs; j++) {
      float cos = table[angle + 2 * j];
      float sin = table[angle + 2 * j + 1];
      int i = offset + step * j;
      float x0 = head[i];
      float x1 = head[i + distance];
      head[i] = x0 * cos - x1 * sin;
      head[i + distance] = x0 * sin + x1 * cos;
    }
  }
}
