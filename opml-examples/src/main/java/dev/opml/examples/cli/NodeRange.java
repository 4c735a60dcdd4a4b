package dev.opml.examples.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A range of nodes.
 *
 * @param from first node, from 0
 * @param to end, exclusive
 */
record NodeRange(long from, long to) {
  /** All nodes of any trace. */
  static final NodeRange ALL = new NodeRange(0, 1L << 40);

  /**
   * The part of this range that a trace of a length has.
   *
   * @throws IllegalArgumentException if that is nothing
   */
  NodeRange within(long length) {
    if (from >= length) {
      throw new IllegalArgumentException(
          "the trace has " + length + " nodes, none from " + from + " on");
    }
    return new NodeRange(from, Math.min(to, length));
  }

  /** Reads {@code FROM:TO}; either may be left out. */
  static final class Converter implements ITypeConverter<NodeRange> {
    private static final Pattern SHAPE = Pattern.compile("(\\d{0,13}):(\\d{0,13})");

    @Override
    public NodeRange convert(String text) {
      Matcher matcher = SHAPE.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not FROM:TO");
      }
      long from = number(matcher.group(1), 0);
      long to = number(matcher.group(2), ALL.to());
      if (from >= to || to > ALL.to()) {
        throw new TypeConversionException("'" + text + "' is not a range of nodes");
      }
      return new NodeRange(from, to);
    }

    private static long number(String digits, long otherwise) {
      return digits.isEmpty() ? otherwise : Long.parseLong(digits);
    }
  }
}
