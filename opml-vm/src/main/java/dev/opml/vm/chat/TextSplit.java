package dev.opml.vm.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Splitting of texts, as Python's {@code str} does it. */
final class TextSplit {
  private TextSplit() {}

  static Value split(Budget budget, String self, Arguments arguments) {
    int most = arguments.count(1, -1);
    if (isSpace(arguments)) {
      return values(budget, words(budget, self, most));
    }
    String separator = separator(budget, self, arguments);
    List<String> parts = new ArrayList<>();
    int at = 0;
    for (int next = self.indexOf(separator); next >= 0 && parts.size() != most; ) {
      parts.add(part(budget, self, at, next));
      at = next + separator.length();
      next = self.indexOf(separator, at);
    }
    parts.add(part(budget, self, at, self.length()));
    return values(budget, parts);
  }

  static Value splitFromEnd(Budget budget, String self, Arguments arguments) {
    int most = arguments.count(1, -1);
    if (isSpace(arguments)) {
      String reversed = new StringBuilder(self).reverse().toString();
      Deque<String> parts = new ArrayDeque<>();
      words(budget, reversed, most)
          .forEach(word -> parts.addFirst(new StringBuilder(word).reverse().toString()));
      return values(budget, parts);
    }
    String separator = separator(budget, self, arguments);
    Deque<String> parts = new ArrayDeque<>();
    int end = self.length();
    for (int next = before(self, separator, end); next >= 0 && parts.size() != most; ) {
      parts.addFirst(part(budget, self, next + separator.length(), end));
      end = next;
      next = before(self, separator, end);
    }
    parts.addFirst(part(budget, self, 0, end));
    return values(budget, parts);
  }

  private static int before(String self, String separator, int end) {
    return end < separator.length() ? -1 : self.lastIndexOf(separator, end - separator.length());
  }

  private static boolean isSpace(Arguments arguments) {
    return !arguments.has(0) || arguments.get(0) instanceof Value.None;
  }

  private static String separator(Budget budget, String self, Arguments arguments) {
    String separator = arguments.text(0);
    if (separator.isEmpty()) {
      throw Fault.evaluation("empty separator");
    }
    budget.search(self, separator);
    return separator;
  }

  private static List<String> words(Budget budget, String self, int most) {
    List<String> words = new ArrayList<>();
    int at = skip(self, 0, true);
    while (at < self.length()) {
      int end = words.size() == most ? self.length() : skip(self, at, false);
      words.add(part(budget, self, at, end));
      at = skip(self, end, true);
    }
    return words;
  }

  /** The first index from {@code at} on where there is no space, or where there is one. */
  private static int skip(String text, int at, boolean space) {
    int i = at;
    while (i < text.length() && CodePoints.isSpace(text.charAt(i)) == space) {
      i++;
    }
    return i;
  }

  private static String part(Budget budget, String self, int begin, int end) {
    budget.elements(1);
    budget.text(end - begin);
    return self.substring(begin, end);
  }

  static Value values(Budget budget, Iterable<String> parts) {
    List<Value> values = new ArrayList<>();
    parts.forEach(part -> values.add(new Value.Text(part)));
    return Value.list(budget, values);
  }

  /** Lines between any of Python's line breaks. */
  static List<String> lines(Budget budget, String self, boolean withBreaks) {
    List<String> lines = new ArrayList<>();
    int begin = 0;
    int i = 0;
    while (i < self.length()) {
      char c = self.charAt(i++);
      if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(c) < 0) {
        continue;
      }
      int end = i - 1;
      if (c == '\r' && i < self.length() && self.charAt(i) == '\n') {
        i++;
      }
      lines.add(part(budget, self, begin, withBreaks ? i : end));
      begin = i;
    }
    if (begin < self.length()) {
      lines.add(part(budget, self, begin, self.length()));
    }
    return lines;
  }
}
