package dev.opml.vm.chat;

import org.jspecify.annotations.Nullable;

/** Attributes of elements as filters name them: {@code a.b} for one inside another. */
final class Attributes {
  private Attributes() {}

  static Value get(Budget budget, Value item, Value path) {
    return get(budget, item, path, null);
  }

  /** The attribute; {@code preset}, if not null, for each part of the path that is undefined. */
  static Value get(Budget budget, Value item, Value path, @Nullable Value preset) {
    if (!(path instanceof Value.Text(String names))) {
      return orPreset(Lookup.item(budget, item, path), preset);
    }
    Value value = item;
    budget.step(names.length());
    for (String name : names.split("\\.", -1)) {
      boolean index =
          !name.isEmpty() && name.length() < 10 && name.chars().allMatch(Attributes::isDigit);
      Value part = index ? Value.of(Long.parseLong(name)) : new Value.Text(name);
      value = orPreset(Lookup.item(budget, value, part), preset);
    }
    return value;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static Value orPreset(Value value, @Nullable Value preset) {
    return value instanceof Value.Undefined && preset != null ? preset : value;
  }
}
