package dev.opml.vm.tokenizer;

import java.util.Arrays;

/**
 * The characters of a text with their kinds. Like llama.cpp, each byte of the text that is not part
 * of a character is a character U+FFFD.
 */
final class Characters {
  private static final int REPLACEMENT = 0xfffd;
  private static final int KIND_SHIFT = 24;
  private static final int CODE_POINT = (1 << KIND_SHIFT) - 1;

  /** Code points, with their kinds above them. */
  private final int[] characters;

  private final int size;

  private Characters(int[] characters, int size) {
    this.characters = characters;
    this.size = size;
  }

  /** The characters of {@code utf8[from, to)}. */
  static Characters of(byte[] utf8, int from, int to) {
    int[] characters = new int[to - from];
    int size = 0;
    for (int at = from; at < to; ) {
      int length = length(utf8, at, to);
      int codePoint = length == 0 ? REPLACEMENT : decode(utf8, at, length);
      characters[size++] = (CharacterKind.of(codePoint) << KIND_SHIFT) | codePoint;
      at += Math.max(length, 1);
    }
    return new Characters(characters, size);
  }

  /** Length of the character at {@code at} in bytes; 0 if there is none. */
  private static int length(byte[] utf8, int at, int to) {
    int ones = Integer.numberOfLeadingZeros(~(utf8[at] << 24));
    if (ones == 0) {
      return 1;
    }
    if (ones == 1 || ones > 4 || at + ones > to) {
      return 0;
    }
    for (int i = at + 1; i < at + ones; i++) {
      if ((utf8[i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return ones;
  }

  private static int decode(byte[] utf8, int at, int length) {
    if (length == 1) {
      return utf8[at];
    }
    int codePoint = utf8[at] & (0x7f >> length);
    for (int i = at + 1; i < at + length; i++) {
      codePoint = (codePoint << 6) | (utf8[i] & 0x3f);
    }
    return codePoint;
  }

  int size() {
    return size;
  }

  int codePoint(int index) {
    return characters[index] & CODE_POINT;
  }

  int kind(int index) {
    return characters[index] >>> KIND_SHIFT;
  }

  /** The kind at {@code index}, or 0, which is none, if that is {@code end} or behind it. */
  int kindBefore(int end, int index) {
    return index < end ? kind(index) : 0;
  }

  /** Whether the character at {@code index} is {@code codePoint}. */
  boolean is(int codePoint, int index) {
    return (characters[index] & CODE_POINT) == codePoint;
  }

  /** The end of the run of characters of {@code kinds} from {@code from}, {@code to} at most. */
  int runEnd(int kinds, int from, int to) {
    int end = from;
    while (end < to && (kind(end) & kinds) != 0) {
      end++;
    }
    return end;
  }

  /** The UTF-8 of the characters; bytes that were none are now well-formed. */
  byte[] utf8() {
    byte[] bytes = new byte[4 * size];
    int length = 0;
    for (int i = 0; i < size; i++) {
      int c = codePoint(i);
      int count = utf8Length(i);
      for (int rest = count - 1; rest > 0; rest--) {
        bytes[length + rest] = (byte) (0x80 | (c & 0x3f));
        c >>>= 6;
      }
      bytes[length] = (byte) (count == 1 ? c : (0xf00 >> count) | c);
      length += count;
    }
    return Arrays.copyOf(bytes, length);
  }

  /** Length of the UTF-8 of the character at {@code index} in bytes. */
  int utf8Length(int index) {
    int c = codePoint(index);
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}
