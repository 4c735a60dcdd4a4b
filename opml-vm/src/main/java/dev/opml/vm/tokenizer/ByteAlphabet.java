package dev.opml.vm.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The 256 characters that byte-level vocabularies write bytes as, since GPT-2: a printable byte of
 * Latin-1 is its own character, and the others are U+0100 to U+0143 in their order.
 */
final class ByteAlphabet {
  private static final int CHARACTERS = 0x144;
  private static final int NONE = -1;

  /** The byte of each character, or NONE. */
  private static final int[] BYTES = new int[CHARACTERS];

  static {
    Arrays.fill(BYTES, NONE);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > ' ' && b < 0x7f) || (b > 0xa0 && b != 0xad);
      BYTES[printable ? b : next++] = b;
    }
  }

  private ByteAlphabet() {}

  /**
   * The bytes that {@code utf8[from, to)} writes, in a new array; null if it has another character.
   */
  static byte @Nullable [] decode(byte[] utf8, int from, int to) {
    byte[] bytes = new byte[to - from];
    int size = 0;
    for (int at = from; at < to; at++) {
      int c = utf8[at];
      if (c < 0) { // two bytes are enough for all characters of the alphabet
        boolean two = c >= (byte) 0xc2 && at + 1 < to && (utf8[at + 1] & 0xc0) == 0x80;
        c = two ? ((c & 0x1f) << 6) | (utf8[++at] & 0x3f) : CHARACTERS;
      }
      if (c >= CHARACTERS || BYTES[c] == NONE) {
        return null;
      }
      bytes[size++] = (byte) BYTES[c];
    }
    return Arrays.copyOf(bytes, size);
  }
}
