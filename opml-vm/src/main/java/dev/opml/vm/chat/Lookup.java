package dev.opml.vm.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices of values. */
final class Lookup {
  private Lookup() {}

  /** {@code object.name}: a method or variable of that name, else an entry of a dictionary. */
  static Value attribute(Budget budget, Value object, String name) {
    Value value = member(budget, object, name);
    if (value == null && object instanceof Value.Mapping(Map<Value, Value> entries, _)) {
      value = entries.get(new Value.Text(name));
    }
    return value == null ? new Value.Undefined(name) : value;
  }

  /** {@code object[index]}: an element or an entry, else a method or variable of that name. */
  static Value item(Budget budget, Value object, Value index) {
    Value value =
        switch (object) {
          case Value.Text(String text) when isInteger(index) -> {
            budget.read(object);
            int at = position(index, CodePoints.length(text));
            yield at < 0 ? null : new Value.Text(codePoint(text, at));
          }
          case Value.Sequence(List<Value> items, _, _) when isInteger(index) -> {
            int at = position(index, items.size());
            yield at < 0 ? null : items.get(at);
          }
          case Value.Mapping(Map<Value, Value> entries, _) -> entry(entries, index);
          case Value.Undefined(String name) -> throw undefined(name);
          default -> null;
        };
    if (value == null && index instanceof Value.Text(String name)) {
      value = member(budget, object, name);
    }
    String name = index instanceof Value.Text(String text) ? text : "item";
    return value == null ? new Value.Undefined(name) : value;
  }

  private static @Nullable Value member(Budget budget, Value object, String name) {
    return switch (object) {
      case Value.Undefined(String undefined) -> throw undefined(undefined);
      case Value.Text(String text) -> TextMethods.find(budget, text, name);
      case Value.Sequence s -> CollectionMethods.find(budget, s, name);
      case Value.Mapping m -> CollectionMethods.find(budget, m, name);
      case Value.Namespace(Map<String, Value> variables) -> variables.get(name);
      case Value.Loop(var state) -> state.apply(name);
      default -> null;
    };
  }

  /** The entry of a key, if it is one that a dictionary can have. */
  static @Nullable Value entry(Map<Value, Value> entries, Value key) {
    return key instanceof Value.Text || key instanceof Value.Int ? entries.get(key) : null;
  }

  static Fault undefined(String name) {
    return Fault.evaluation("'" + name + "' is undefined");
  }

  private static boolean isInteger(Value index) {
    return index instanceof Value.Int || index instanceof Value.Bool;
  }

  /** The position that an index means, which is from the end if negative, or -1. */
  private static int position(Value index, int length) {
    long at = index instanceof Value.Int(long n) ? n : Operators.isTrue(index) ? 1 : 0;
    long fromStart = at < 0 ? at + length : at;
    return fromStart >= 0 && fromStart < length ? (int) fromStart : -1;
  }

  private static String codePoint(String text, int index) {
    int at = text.offsetByCodePoints(0, index);
    return text.substring(at, text.offsetByCodePoints(at, 1));
  }

  /** {@code object[begin:end:step]}, each none if left out. */
  static Value slice(Budget budget, Value object, Value begin, Value end, Value step) {
    budget.read(object);
    boolean integers = isBound(begin) && isBound(end) && isBound(step);
    return switch (object) {
      case Value.Undefined(String name) -> throw undefined(name);
      case Value.Text(String text) when integers ->
          Value.text(budget, Slice.of(CodePoints.length(text), begin, end, step).of(budget, text));
      case Value.Sequence(List<Value> items, boolean tuple, _) when integers ->
          Value.sequence(budget, Slice.of(items.size(), begin, end, step).of(budget, items), tuple);
      default -> new Value.Undefined("slice");
    };
  }

  private static boolean isBound(Value bound) {
    return bound instanceof Value.None || isInteger(bound);
  }
}
