package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that a template finds: Jinja's, and those that Hugging Face adds. */
final class Functions {
  /** Longest range that Jinja's sandbox makes. */
  private static final int MAX_RANGE = 100_000;

  private Functions() {}

  static void define(Scope scope, Budget budget, LocalDateTime now) {
    define(scope, "range", a -> range(budget, a));
    define(scope, "dict", a -> Value.mapping(budget, entries(budget, a)));
    define(scope, "namespace", a -> namespace(budget, a));
    define(scope, "raise_exception", a -> refuse(a.bind("raise_exception", "message")));
    define(
        scope,
        "strftime_now",
        a -> Value.text(budget, DateText.of(now, a.bind("strftime_now", "format").text(0))));
  }

  private static void define(Scope scope, String name, Value.Body body) {
    scope.set(name, new Value.Function(name, body));
  }

  private static Value refuse(Arguments arguments) {
    Value message = arguments.get(0);
    throw new Fault(
        Kind.REFUSED, message instanceof Value.Text(String text) ? text : message.type());
  }

  private static Value range(Budget budget, Arguments arguments) {
    Arguments bounds = arguments.bind("range", "start stop? step?");
    long from = bounds.has(1) ? bounds.integer(0, 0) : 0;
    long to = bounds.has(1) ? bounds.integer(1, 0) : bounds.integer(0, 0);
    long step = bounds.integer(2, 1);
    if (step == 0) {
      throw Fault.evaluation("a range's step is zero");
    }
    List<Value> items = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      Budget.require("range", items.size() + 1L, MAX_RANGE);
      items.add(Value.of(i));
      if (step > 0 ? i > to - step : i < to - step) {
        break; // the next is beyond, and maybe beyond 64 bits
      }
    }
    return Value.list(budget, items);
  }

  private static Value namespace(Budget budget, Arguments arguments) {
    Map<String, Value> variables = new LinkedHashMap<>();
    entries(budget, arguments)
        .forEach((name, value) -> variables.put(PythonText.of(budget, name), value));
    return new Value.Namespace(variables);
  }

  private static Map<Value, Value> entries(Budget budget, Arguments arguments) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    if (arguments.size() > 1) {
      throw Fault.evaluation("more than one positional argument");
    }
    if (arguments.size() == 1) {
      if (arguments.get(0) instanceof Value.Mapping(Map<Value, Value> given, _)) {
        entries.putAll(given);
      } else {
        Operators.elements(budget, arguments.get(0)).forEach(pair -> put(budget, entries, pair));
      }
    }
    arguments.named().forEach((name, value) -> entries.put(new Value.Text(name), value));
    budget.elements(2L * entries.size());
    return entries;
  }

  private static void put(Budget budget, Map<Value, Value> entries, Value pair) {
    List<Value> parts = Operators.elements(budget, pair);
    if (parts.size() != 2) {
      throw Fault.evaluation("an entry of a dict is not a pair");
    }
    entries.put(key(parts.getFirst()), parts.getLast());
  }

  /** A value as a key of a dictionary. */
  static Value key(Value value) {
    return switch (value) {
      case Value.Text _, Value.Int _ -> value;
      case Value.Undefined(String name) -> throw Lookup.undefined(name);
      default -> throw Fault.unsupported("a dict's key that is " + value.type());
    };
  }
}
