package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Methods of lists, tuples and dictionaries: those that change nothing, as in the sandbox. */
final class CollectionMethods {
  private CollectionMethods() {}

  static @Nullable Value find(Budget budget, Value.Sequence self, String name) {
    return switch (name) {
      case "count" -> method(name, "value", a -> Value.of(count(budget, self, a.get(0))));
      case "index" -> method(name, "value", a -> Value.of(index(budget, self, a.get(0))));
      case "copy" -> self.tuple() ? null : method(name, "", _ -> self);
      default -> null;
    };
  }

  private static long count(Budget budget, Value.Sequence self, Value wanted) {
    return self.items().stream().filter(item -> Operators.equal(budget, item, wanted)).count();
  }

  private static int index(Budget budget, Value.Sequence self, Value wanted) {
    for (int i = 0; i < self.items().size(); i++) {
      if (Operators.equal(budget, self.items().get(i), wanted)) {
        return i;
      }
    }
    throw Fault.evaluation("the value is not in the list");
  }

  /** The method; one that would change the dictionary is undefined, even if there is such a key. */
  static @Nullable Value find(Budget budget, Value.Mapping self, String name) {
    Map<Value, Value> entries = self.entries();
    return switch (name) {
      case "items" -> method(name, "", _ -> Value.list(budget, pairs(budget, self)));
      case "keys" -> method(name, "", _ -> Value.list(budget, Operators.elements(budget, self)));
      case "values" -> method(name, "", _ -> Value.list(budget, new ArrayList<>(entries.values())));
      case "get" -> method(name, "key default?", a -> get(entries, a));
      case "copy" -> method(name, "", _ -> self);
      case "fromkeys" -> throw Fault.unsupported("the method fromkeys of a dict");
      case "clear", "pop", "popitem", "setdefault", "update" -> new Value.Undefined(name);
      default -> null;
    };
  }

  private static Value get(Map<Value, Value> entries, Arguments arguments) {
    Value value = Lookup.entry(entries, arguments.get(0));
    return value == null ? arguments.get(1, Value.None.NONE) : value;
  }

  /** Each key with its value. */
  static List<Value> pairs(Budget budget, Value.Mapping mapping) {
    List<Value> pairs = new ArrayList<>();
    mapping.entries().forEach((key, value) -> pairs.add(Value.tuple(budget, key, value)));
    return pairs;
  }

  private static Value method(String name, String parameters, Value.Body body) {
    return new Value.Function(name, arguments -> body.call(arguments.bind(name, parameters)));
  }
}
