package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, or, after {@link #bind}, of each parameter. */
record Arguments(List<@Nullable Value> positional, Map<String, Value> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /**
   * One argument or null for each parameter.
   *
   * @param parameters names with spaces between them; one with {@code ?} can be left out
   */
  Arguments bind(String function, String parameters) {
    String[] names = parameters.isEmpty() ? new String[0] : parameters.split(" ");
    if (positional.size() > names.length) {
      throw Fault.evaluation(function + " takes at most " + names.length + " arguments");
    }
    List<@Nullable Value> bound = new ArrayList<>();
    int used = 0;
    for (int i = 0; i < names.length; i++) {
      boolean optional = names[i].endsWith("?");
      String name = optional ? names[i].substring(0, names[i].length() - 1) : names[i];
      Value value = i < positional.size() ? positional.get(i) : named.get(name);
      if (i >= positional.size() && value != null) {
        used++;
      }
      if (value == null && !optional) {
        throw Fault.evaluation(function + " needs the argument " + name);
      }
      bound.add(value);
    }
    if (used < named.size()) {
      throw Fault.evaluation(function + " got an unexpected argument among " + named.keySet());
    }
    return new Arguments(bound, Map.of());
  }

  /** Those after the first {@code count} positional ones. */
  Arguments after(int count) {
    return new Arguments(positional.subList(count, positional.size()), named);
  }

  boolean isEmpty() {
    return positional.isEmpty() && named.isEmpty();
  }

  int size() {
    return positional.size();
  }

  boolean has(int index) {
    return positional.get(index) != null;
  }

  /** The argument at an index from 0; it must be there. */
  Value get(int index) {
    Value value = positional.get(index);
    if (value == null) {
      throw Fault.evaluation("argument " + (index + 1) + " is missing");
    }
    return value;
  }

  Value get(int index, Value preset) {
    Value value = positional.get(index);
    return value == null ? preset : value;
  }

  String text(int index) {
    if (get(index) instanceof Value.Text(String text)) {
      return text;
    }
    throw wrong(index, "a string");
  }

  String text(int index, String preset) {
    return has(index) ? text(index) : preset;
  }

  long integer(int index, long preset) {
    if (!has(index)) {
      return preset;
    }
    return switch (get(index)) {
      case Value.Int(long value) -> value;
      case Value.Bool(boolean value) -> value ? 1 : 0;
      default -> throw wrong(index, "an integer");
    };
  }

  /** As {@link #integer}, within the bounds of an int. */
  int count(int index, int preset) {
    long value = integer(index, preset);
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  boolean flag(int index, boolean preset) {
    return has(index) ? Operators.isTrue(get(index)) : preset;
  }

  private Fault wrong(int index, String expected) {
    return Fault.evaluation(
        "argument %d is %s, expected %s".formatted(index + 1, get(index).type(), expected));
  }
}
