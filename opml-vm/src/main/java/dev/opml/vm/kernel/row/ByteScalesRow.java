package dev.opml.vm.kernel.row;

import dev.opml.vm.gguf.GgmlType;

/** Rows of Q6_K: sub-blocks of 16 have scales of 8 bits, and no minimums. */
final class ByteScalesRow extends SuperBlockRow {
  private static final int SUB = 16;

  ByteScalesRow(GgmlType type, int columns) {
    super(type, SUB, columns);
  }

  /** Layout: 128 bytes of nibbles, 64 bytes of upper bit pairs, 16 int8 scales, scale. */
  @Override
  void unpack(int block, int at) {
    int uppers = at + BLOCK / 2;
    int scales = uppers + BLOCK / 4;
    scale[block] = halfAt(scales + BLOCK / SUB);
    for (int j = 0; j < BLOCK / SUB; j++) {
      subScale[block * BLOCK / SUB + j] = packed[scales + j];
    }
    for (int i = 0; i < BLOCK; i += 8) {
      int half = i / (BLOCK / 2);
      int quarter = i / SMALL % 4;
      int lane = i % SMALL;
      long pairs = ByteLanes.get(packed, at + half * 64 + quarter % 2 * SMALL + lane);
      long nibble = ByteLanes.nibbles(quarter < 2 ? pairs : pairs >>> 4);
      long upper =
          ByteLanes.bits(ByteLanes.get(packed, uppers + half * SMALL + lane), 2 * quarter, 3);
      ByteLanes.set(q, block * BLOCK + i, ByteLanes.minus(nibble | upper << 4, 32));
    }
  }

  @Override
  public short subScales(int column) {
    int first = column / SUB;
    return (short) ((subScale[first] & 0xff) | subScale[first + 1] << Byte.SIZE);
  }
}
