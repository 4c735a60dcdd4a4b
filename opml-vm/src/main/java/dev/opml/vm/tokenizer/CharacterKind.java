package dev.opml.vm.tokenizer;

import java.util.Arrays;

/**
 * The kinds of characters that pre-tokenizers tell apart: each character is of just one, a bit, so
 * that a sum of kinds is a set of them. They are the general categories of Unicode 15.1, which
 * llama.cpp's tables have; what later versions assigned is OTHER, as it is there.
 */
final class CharacterKind {
  static final int LETTER = 1;
  static final int NUMBER = 2;
  static final int MARK = 4;
  static final int PUNCTUATION = 8;
  static final int SYMBOL = 16;

  /** White space: Unicode's property White_Space, not a category. */
  static final int SPACE = 32;

  /** Controls, formats, private, unassigned. */
  static final int OTHER = 64;

  /** Ranges of code points, first and last, that Unicode 16.0, the one of Java 25, added. */
  private static final int[] ADDED = {
    0x0897, 0x0897, 0x1b4e, 0x1b4f, 0x1b7f, 0x1b7f, 0x1c89, 0x1c8a, 0x2427, 0x2429, 0x31e4, 0x31e5,
    0xa7cb, 0xa7cd, 0xa7da, 0xa7dc, 0x105c0, 0x105f3, 0x10d40, 0x10d65, 0x10d69, 0x10d85, 0x10d8e,
    0x10d8f, 0x10ec2, 0x10ec4, 0x10efc, 0x10efc, 0x11380, 0x113e2, 0x116d0, 0x116e3, 0x11bc0,
    0x11be1, 0x11bf0, 0x11bf9, 0x11f5a, 0x11f5a, 0x13460, 0x143fa, 0x16100, 0x16139, 0x16d40,
    0x16d79, 0x18cff, 0x18cff, 0x1cc00, 0x1ccf9, 0x1cd00, 0x1ceb3, 0x1e5d0, 0x1e5fa, 0x1e5ff,
    0x1e5ff, 0x1f8b2, 0x1f8bb, 0x1f8c0, 0x1f8c1, 0x1fa89, 0x1fa89, 0x1fa8f, 0x1fa8f, 0x1fabe,
    0x1fabe, 0x1fac6, 0x1fac6, 0x1fadc, 0x1fadc, 0x1fadf, 0x1fadf, 0x1fae9, 0x1fae9, 0x1fbcb,
    0x1fbef
  };

  /** The kinds of the basic multilingual plane. */
  private static final byte[] BASIC = new byte[1 << 16];

  static {
    for (int character = 0; character < BASIC.length; character++) {
      BASIC[character] = (byte) compute(character);
    }
  }

  private CharacterKind() {}

  /** The kind of a code point. */
  static int of(int codePoint) {
    return codePoint < BASIC.length ? BASIC[codePoint] : compute(codePoint);
  }

  private static int compute(int codePoint) {
    if (isAdded(codePoint)) {
      return OTHER;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          PUNCTUATION;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          SYMBOL;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> (codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85 ? SPACE : OTHER;
    };
  }

  private static boolean isAdded(int codePoint) {
    int at = Arrays.binarySearch(ADDED, codePoint);
    // A range holds its ends, and whatever would be put behind a first one.
    return at >= 0 || (-at - 1) % 2 == 1;
  }
}
