package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Texts as Python sees them: sequences of code points, with Python's whitespace. */
final class CodePoints {
  private CodePoints() {}

  /** Whether Python's {@code str.isspace} holds. */
  static boolean isSpace(int c) {
    return (c >= 0x9 && c <= 0xd)
        || (c >= 0x1c && c <= 0x20)
        || c == 0x85
        || Character.isSpaceChar(c);
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  static String strip(String text) {
    return stripStart(stripEnd(text));
  }

  static String stripStart(String text) {
    return stripStart(text, CodePoints::isSpace);
  }

  static String stripEnd(String text) {
    return stripEnd(text, CodePoints::isSpace);
  }

  static String stripStart(String text, IntPredicate strips) {
    int begin = 0;
    while (begin < text.length() && strips.test(text.codePointAt(begin))) {
      begin += Character.charCount(text.codePointAt(begin));
    }
    return text.substring(begin);
  }

  static String stripEnd(String text, IntPredicate strips) {
    int end = text.length();
    while (end > 0 && strips.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  /** Orders by code points, where {@link String#compareTo} orders by UTF-16 code units. */
  static int compare(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    boolean bothSurrogates =
        Character.isSurrogate(a.charAt(i)) && Character.isSurrogate(b.charAt(i));
    return bothSurrogates
        ? Character.compare(a.charAt(i), b.charAt(i))
        : Integer.compare(a.codePointAt(i), b.codePointAt(i));
  }

  /** Each code point as a text, charged to a budget. */
  static List<Value> split(Budget budget, String text) {
    budget.elements(text.length());
    List<Value> characters = new ArrayList<>(text.length());
    text.codePoints().forEach(c -> characters.add(new Value.Text(Character.toString(c))));
    return characters;
  }

  /** The first code point in title case, the rest in lower case. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int end = text.offsetByCodePoints(0, 1);
    String first = Character.toString(Character.toTitleCase(text.codePointAt(0)));
    return first + text.substring(end).toLowerCase(Locale.ROOT);
  }
}
