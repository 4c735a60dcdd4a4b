package dev.opml.examples.cli;

import java.util.Locale;

/** Makes text from a file safe to show: it may hold line breaks or escape sequences. */
final class Printable {
  private Printable() {}

  /** {@code text} on one line, every control character as its escape. */
  static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(line, c));
    return line.toString();
  }

  /** As {@link #line(String)}, cut to at most {@code length} characters. */
  static String line(String text, int length) {
    String line = line(text.length() > length ? text.substring(0, length + 1) : text);
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }

  /** {@code text} as it is but for control characters other than line breaks and tabs. */
  static String prose(String text) {
    StringBuilder prose = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (c == '\n' || c == '\t') {
            prose.append((char) c);
          } else {
            append(prose, c);
          }
        });
    return prose.toString();
  }

  /** A constant as a word of a text or an option. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void append(StringBuilder target, int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          target.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\u{%x}".formatted(c));
      default -> target.appendCodePoint(c);
    }
  }
}
