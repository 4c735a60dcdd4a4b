package dev.opml.vm.chat;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a template. All but {@link Stream} and {@link Namespace} are immutable, as in the
 * sandbox.
 */
sealed interface Value {
  /** Absent: falsy, printed as nothing, and an error in nearly every operation. */
  record Undefined(String name) implements Value {}

  /** {@code none}. */
  enum None implements Value {
    NONE
  }

  /** A truth value, which is also the number 0 or 1. */
  record Bool(boolean value) implements Value {}

  /** An integer. Python's have no bound; a result beyond 64 bits is an error here. */
  record Int(long value) implements Value, Comparable<Int> {
    /** Keeps hash tables fast, whatever a template's keys are. */
    @Override
    public int compareTo(Int other) {
      return Long.compare(value, other.value);
    }
  }

  /** A floating-point number. */
  record Real(double value) implements Value {}

  /** A text, indexed by code points. */
  record Text(String value) implements Value, Comparable<Text> {
    static final Text EMPTY = new Text("");

    /** Keeps hash tables fast, whatever a template's keys are. */
    @Override
    public int compareTo(Text other) {
      return value.compareTo(other.value);
    }
  }

  /** A list or a tuple; {@code depth} is 1 more than that of the deepest element. */
  record Sequence(List<Value> items, boolean tuple, int depth) implements Value {}

  /** A dictionary with texts and integers as keys, in order of insertion. */
  record Mapping(Map<Value, Value> entries, int depth) implements Value {}

  /** Elements that can be read once, as Python's generators. */
  record Stream(Iterator<Value> items) implements Value {}

  /** Variables that a template can assign from inner scopes. */
  record Namespace(Map<String, Value> variables) implements Value {}

  /** A loop's state, by name. */
  record Loop(java.util.function.Function<String, @Nullable Value> state) implements Value {}

  /** A macro, a method or a function of the environment. */
  record Function(String name, Body body) implements Value {}

  /** Code of a function. */
  interface Body {
    Value call(Arguments arguments);
  }

  static Value of(boolean value) {
    return new Bool(value);
  }

  static Value of(long value) {
    return new Int(value);
  }

  static Value text(Budget budget, String value) {
    budget.text(value.length());
    return new Text(value);
  }

  static Value list(Budget budget, List<Value> items) {
    return sequence(budget, items, false);
  }

  static Value tuple(Budget budget, Value... items) {
    return sequence(budget, List.of(items), true);
  }

  static Value sequence(Budget budget, List<Value> items, boolean tuple) {
    budget.elements(items.size());
    return new Sequence(items, tuple, deeper(budget, items));
  }

  static Value mapping(Budget budget, Map<Value, Value> entries) {
    budget.elements(2L * entries.size());
    return new Mapping(new LinkedHashMap<>(entries), deeper(budget, entries.values()));
  }

  private static int deeper(Budget budget, Iterable<Value> items) {
    int depth = 1;
    for (Value item : items) {
      depth =
          switch (item) {
            case Sequence s -> Math.max(depth, s.depth + 1);
            case Mapping m -> Math.max(depth, m.depth + 1);
            default -> depth;
          };
    }
    budget.depth(depth);
    return depth;
  }

  /** Python's name of the type, for messages. */
  default String type() {
    return switch (this) {
      case Undefined(String name) -> "undefined " + name;
      case None _ -> "none";
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Real _ -> "float";
      case Text _ -> "string";
      case Sequence s -> s.tuple ? "tuple" : "list";
      case Mapping _ -> "dict";
      case Stream _ -> "generator";
      case Namespace _ -> "namespace";
      case Loop _ -> "loop";
      case Function _ -> "function";
    };
  }
}
