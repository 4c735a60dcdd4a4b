package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.GgmlType;

/**
 * Rows of Q4_K and Q5_K: sub-blocks of 32 have scales and minimums of 6 bits, packed into 12 bytes.
 */
final class PackedScalesRow extends SuperBlockRow {
  private static final int SCALE_BYTES = 12;
  private static final int NIBBLE_BITS = 4;

  private final boolean hasFifths;

  /**
   * A holder for rows.
   *
   * @param bits bits of a number: 4 or 5
   */
  PackedScalesRow(GgmlType type, int bits, int columns) {
    super(type, SMALL, columns);
    hasFifths = bits > NIBBLE_BITS;
  }

  /** Layout: scale, minimum, packed scales and minimums, fifth bits if there are any, nibbles. */
  @Override
  void unpack(int block, int at) {
    scale[block] = halfAt(at);
    minimum[block] = halfAt(at + 2);
    int s = at + 4;
    int first = block * BLOCK / SMALL;
    for (int j = 0; j < 4; j++) {
      subScale[first + j] = byteAt(s + j) & 63;
      subMinimum[first + j] = byteAt(s + j + 4) & 63;
      subScale[first + j + 4] = (byteAt(s + j + 8) & 15) | byteAt(s + j) >> 6 << 4;
      subMinimum[first + j + 4] = byteAt(s + j + 8) >> 4 | byteAt(s + j + 4) >> 6 << 4;
    }
    int fifths = s + SCALE_BYTES;
    int nibbles = hasFifths ? fifths + SMALL : fifths;
    for (int i = 0; i < BLOCK / 2; i += 8) {
      int bit = 2 * (i / SMALL);
      long fifth = hasFifths ? ByteLanes.get(packed, fifths + i % SMALL) : 0;
      long pairs = ByteLanes.get(packed, nibbles + i);
      long low = ByteLanes.nibbles(pairs) | ByteLanes.bits(fifth, bit, 1) << 4;
      long high = ByteLanes.nibbles(pairs >>> 4) | ByteLanes.bits(fifth, bit + 1, 1) << 4;
      int to = block * BLOCK + i / SMALL * 2 * SMALL + i % SMALL;
      ByteLanes.set(q, to, low);
      ByteLanes.set(q, to + SMALL, high);
    }
  }

  @Override
  public short subScales(int column) {
    int small = column / SMALL;
    return (short) (subScale[small] | subMinimum[small] << Byte.SIZE);
  }
}
