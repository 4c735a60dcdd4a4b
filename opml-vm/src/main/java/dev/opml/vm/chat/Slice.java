package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * The positions that a slice means.
 *
 * @param from first position, from 0
 * @param to position where it ends, exclusive; -1 for one that runs down to the first
 * @param step distance between positions, not 0
 */
record Slice(long from, long to, long step) {
  /** A slice with Python's rules for what is left out (none), negative, or too large. */
  static Slice of(int size, Value begin, Value end, Value step) {
    long by = integer(step, 1);
    if (by == 0) {
      throw Fault.evaluation("a slice's step is zero");
    }
    long first = by > 0 ? 0 : -1; // lowest bound; the highest is as far beyond the last element
    return new Slice(
        begin instanceof Value.None ? (by > 0 ? 0 : size - 1L) : clamp(begin, first, size),
        end instanceof Value.None ? (by > 0 ? size : -1) : clamp(end, first, size),
        Math.clamp(by, -1L - size, 1L + size));
  }

  private static long integer(Value value, long preset) {
    return switch (value) {
      case Value.Int(long n) -> n;
      case Value.Bool(boolean b) -> b ? 1 : 0;
      default -> preset;
    };
  }

  private static long clamp(Value bound, long first, int size) {
    long at = integer(bound, 0);
    return Math.clamp(at < 0 ? at + size : at, first, first + size);
  }

  String of(Budget budget, String text) {
    if (step != 1) {
      StringBuilder sliced = new StringBuilder();
      of(budget, CodePoints.split(budget, text))
          .forEach(part -> sliced.append(((Value.Text) part).value()));
      return sliced.toString();
    }
    int begin = text.offsetByCodePoints(0, (int) from);
    return text.substring(begin, text.offsetByCodePoints(begin, (int) Math.max(0, to - from)));
  }

  List<Value> of(Budget budget, List<Value> items) {
    List<Value> slice = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      budget.step(1);
      slice.add(items.get((int) i));
    }
    return slice;
  }
}
