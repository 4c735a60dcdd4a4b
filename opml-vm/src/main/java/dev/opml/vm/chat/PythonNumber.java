package dev.opml.vm.chat;

import java.util.regex.Pattern;

/** Texts as numbers, as Python's {@code int} and {@code float} read them. */
final class PythonNumber {
  private static final Pattern REAL =
      Pattern.compile("[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+)?");
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+(_\\d+)*");

  /** Longest text that can be a number; no template writes one near it. */
  private static final int LONGEST = 400;

  private PythonNumber() {}

  /**
   * The number that a text writes.
   *
   * @throws NumberFormatException if it writes none
   */
  static double real(String text) {
    String number = CodePoints.strip(text);
    if (number.length() > LONGEST || !REAL.matcher(number).matches()) {
      throw new NumberFormatException();
    }
    return Double.parseDouble(number.replace("_", ""));
  }

  /** As {@link #real}, for an integer, or else for a number whose fraction is dropped. */
  static long integer(String text) {
    String number = CodePoints.strip(text);
    if (number.length() > LONGEST || !INTEGER.matcher(number).matches()) {
      return truncate(real(text));
    }
    try {
      return Long.parseLong(number.replace("_", ""));
    } catch (NumberFormatException e) {
      throw Fault.unsupported("an integer beyond 64 bits");
    }
  }

  /** A number without its fraction. */
  static long truncate(double x) {
    if (Double.isNaN(x) || Double.isInfinite(x)) {
      throw new NumberFormatException();
    }
    if (Math.abs(x) >= 0x1p63) {
      throw Fault.unsupported("an integer beyond 64 bits");
    }
    return (long) x;
  }
}
