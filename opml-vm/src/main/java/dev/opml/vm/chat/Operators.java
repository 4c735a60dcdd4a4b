package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Python's operators on values. */
final class Operators {
  private static final Set<String> DIVISIONS = Set.of("/", "//", "%");

  private Operators() {}

  static boolean isTrue(Value value) {
    return switch (value) {
      case Value.Undefined _, Value.None _ -> false;
      case Value.Bool(boolean b) -> b;
      case Value.Int(long n) -> n != 0;
      case Value.Real(double x) -> x != 0;
      case Value.Text(String text) -> !text.isEmpty();
      case Value.Sequence(List<Value> items, _, _) -> !items.isEmpty();
      case Value.Mapping(Map<Value, Value> entries, _) -> !entries.isEmpty();
      case Value.Stream _, Value.Namespace _, Value.Loop _, Value.Function _ -> true;
    };
  }

  /** The elements of a value; those of a {@link Value.Stream} are gone afterwards. */
  static List<Value> elements(Budget budget, Value value) {
    budget.read(value);
    return switch (value) {
      case Value.Undefined _ -> List.of();
      case Value.Text(String text) -> CodePoints.split(budget, text);
      case Value.Sequence(List<Value> items, _, _) -> items;
      case Value.Mapping(Map<Value, Value> entries, _) -> {
        budget.elements(entries.size());
        yield new ArrayList<>(entries.keySet());
      }
      case Value.Stream(Iterator<Value> items) -> {
        List<Value> left = new ArrayList<>();
        while (items.hasNext()) {
          budget.elements(1);
          left.add(items.next());
        }
        yield left;
      }
      default -> throw Fault.evaluation(value.type() + " is not iterable");
    };
  }

  static long length(Value value) {
    return switch (value) {
      case Value.Undefined _ -> 0;
      case Value.Text(String text) -> CodePoints.length(text);
      case Value.Sequence(List<Value> items, _, _) -> items.size();
      case Value.Mapping(Map<Value, Value> entries, _) -> entries.size();
      default -> throw Fault.evaluation(value.type() + " has no length");
    };
  }

  static Value arithmetic(Budget budget, String operator, Value a, Value b) {
    Number x = number(a);
    Number y = number(b);
    if (x instanceof Long m && y instanceof Long n) {
      return integers(operator, m, n);
    }
    if (x != null && y != null) {
      return reals(operator, x.doubleValue(), y.doubleValue());
    }
    if (operator.equals("+")) {
      return join(budget, a, b);
    }
    if (operator.equals("*") && x instanceof Long count) {
      return repeat(budget, b, count);
    }
    if (operator.equals("*") && y instanceof Long count) {
      return repeat(budget, a, count);
    }
    if (operator.equals("%") && a instanceof Value.Text(String format)) {
      return TextFormat.percent(budget, format, b);
    }
    throw unsupported(operator, a, b);
  }

  private static @Nullable Number number(Value value) {
    return switch (value) {
      case Value.Bool(boolean b) -> b ? 1L : 0L;
      case Value.Int(long n) -> n;
      case Value.Real(double x) -> x;
      default -> null;
    };
  }

  private static Value integers(String operator, long m, long n) {
    if (n == 0 && DIVISIONS.contains(operator)) {
      throw Fault.evaluation("division by zero");
    }
    try {
      return switch (operator) {
        case "+" -> Value.of(Math.addExact(m, n));
        case "-" -> Value.of(Math.subtractExact(m, n));
        case "*" -> Value.of(Math.multiplyExact(m, n));
        case "/" -> new Value.Real((double) m / n);
        case "//" -> Value.of(Math.floorDivExact(m, n));
        case "%" -> Value.of(Math.floorMod(m, n));
        default -> n < 0 ? reals(operator, (double) m, (double) n) : Value.of(power(m, n));
      };
    } catch (ArithmeticException e) {
      throw Fault.unsupported("an integer beyond 64 bits");
    }
  }

  private static long power(long base, long exponent) {
    long result = 1;
    if (base == 1 || base == 0 || base == -1) {
      return exponent == 0 || base == 1 ? 1 : base == 0 ? 0 : exponent % 2 == 0 ? 1 : -1;
    }
    for (long i = 0; i < exponent; i++) { // at most 64 times, then it is too large
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static Value reals(String operator, double x, double y) {
    if (y == 0 && DIVISIONS.contains(operator)) {
      throw Fault.evaluation("division by zero");
    }
    return new Value.Real(
        switch (operator) {
          case "+" -> x + y;
          case "-" -> x - y;
          case "*" -> x * y;
          case "/" -> x / y;
          case "//" -> Math.floor(x / y);
          case "%" -> x - y * Math.floor(x / y);
          default -> Math.pow(x, y);
        });
  }

  private static Value join(Budget budget, Value a, Value b) {
    if (a instanceof Value.Text(String first) && b instanceof Value.Text(String second)) {
      budget.text((long) first.length() + second.length());
      return new Value.Text(first + second);
    }
    if (a instanceof Value.Sequence first
        && b instanceof Value.Sequence second
        && first.tuple() == second.tuple()) {
      budget.elements((long) first.items().size() + second.items().size());
      List<Value> items = new ArrayList<>(first.items());
      items.addAll(second.items());
      return Value.sequence(budget, items, first.tuple());
    }
    throw unsupported("+", a, b);
  }

  private static Value repeat(Budget budget, Value value, long count) {
    long times = Math.max(0, Math.min(count, Integer.MAX_VALUE));
    return switch (value) {
      case Value.Text(String text) -> {
        budget.text(text.length() * times);
        yield new Value.Text(text.isEmpty() ? "" : text.repeat((int) times));
      }
      case Value.Sequence(List<Value> items, boolean tuple, _) -> {
        budget.elements(items.size() * times);
        List<Value> repeated = new ArrayList<>();
        for (long i = 0; i < times && !items.isEmpty(); i++) {
          repeated.addAll(items);
        }
        yield Value.sequence(budget, repeated, tuple);
      }
      default -> throw unsupported("*", value, Value.of(count));
    };
  }

  static Value sign(char operator, Value value) {
    Number number = number(value);
    return switch (number) {
      case Long n when operator == '-' -> integers("-", 0, n);
      case Long n -> Value.of(n);
      case Double x -> new Value.Real(operator == '-' ? -x : x);
      case null, default -> throw Fault.evaluation("no " + operator + " of " + value.type());
    };
  }

  static boolean compare(Budget budget, String operator, Value a, Value b) {
    return switch (operator) {
      case "==" -> equal(budget, a, b);
      case "!=" -> !equal(budget, a, b);
      case "in" -> contains(budget, b, a);
      case "not in" -> !contains(budget, b, a);
      case "<" -> less(budget, operator, a, b);
      case ">" -> less(budget, operator, b, a);
      case "<=" -> lessOrEqual(budget, operator, a, b);
      case ">=" -> lessOrEqual(budget, operator, b, a);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  /** Python's {@code ==}; recursion ends, because the depth of values is limited. */
  static boolean equal(Budget budget, Value a, Value b) {
    budget.step(1);
    budget.read(a);
    Number x = number(a);
    Number y = number(b);
    if (x instanceof Long m && y instanceof Long n) {
      return m.equals(n);
    }
    if (x != null && y != null) {
      return x.doubleValue() == y.doubleValue();
    }
    return switch (a) {
      case Value.Undefined _ -> b instanceof Value.Undefined;
      case Value.None _ -> b instanceof Value.None;
      case Value.Bool _, Value.Int _, Value.Real _ -> false;
      case Value.Text(String text) -> b instanceof Value.Text(String other) && text.equals(other);
      case Value.Sequence s ->
          b instanceof Value.Sequence t
              && s.tuple() == t.tuple()
              && equal(budget, s.items(), t.items());
      case Value.Mapping m ->
          b instanceof Value.Mapping n && equal(budget, m.entries(), n.entries());
      case Value.Stream _, Value.Namespace _, Value.Loop _, Value.Function _ -> isSame(a, b);
    };
  }

  @SuppressWarnings("ReferenceEquality") // that of records would follow a namespace in a circle
  private static boolean isSame(Value a, Value b) {
    return a == b;
  }

  private static boolean equal(Budget budget, List<Value> a, List<Value> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(budget, a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Budget budget, Map<Value, Value> a, Map<Value, Value> b) {
    if (!a.keySet().equals(b.keySet())) {
      return false;
    }
    for (Map.Entry<Value, Value> entry : a.entrySet()) {
      Value other = b.get(entry.getKey());
      if (other == null || !equal(budget, entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  static boolean less(Budget budget, String operator, Value a, Value b) {
    Number x = number(a);
    Number y = number(b);
    if (x instanceof Long m && y instanceof Long n) {
      return m < n;
    }
    if (x != null && y != null) {
      return x.doubleValue() < y.doubleValue();
    }
    return order(budget, operator, a, b) < 0;
  }

  private static boolean lessOrEqual(Budget budget, String operator, Value a, Value b) {
    Number x = number(a);
    Number y = number(b);
    if (x instanceof Long m && y instanceof Long n) {
      return m <= n;
    }
    if (x != null && y != null) {
      return x.doubleValue() <= y.doubleValue();
    }
    return order(budget, operator, a, b) <= 0;
  }

  private static int order(Budget budget, String operator, Value a, Value b) {
    budget.step(1);
    budget.read(a);
    if (a instanceof Value.Text(String text) && b instanceof Value.Text(String other)) {
      return CodePoints.compare(text, other);
    }
    if (a instanceof Value.Sequence s && b instanceof Value.Sequence t && s.tuple() == t.tuple()) {
      for (int i = 0; i < Math.min(s.items().size(), t.items().size()); i++) {
        Value first = s.items().get(i);
        Value second = t.items().get(i);
        if (!equal(budget, first, second)) {
          return less(budget, operator, first, second) ? -1 : 1;
        }
      }
      return Integer.compare(s.items().size(), t.items().size());
    }
    throw unsupported(operator, a, b);
  }

  static boolean contains(Budget budget, Value container, Value wanted) {
    return switch (container) {
      case Value.Text(String text) when wanted instanceof Value.Text(String part) -> {
        budget.search(text, part);
        yield text.contains(part);
      }
      case Value.Text _ -> throw unsupported("in", wanted, container);
      case Value.Mapping(Map<Value, Value> entries, _) -> Lookup.entry(entries, wanted) != null;
      default -> {
        List<Value> items = elements(budget, container);
        yield items.stream().anyMatch(item -> equal(budget, item, wanted));
      }
    };
  }

  private static Fault unsupported(String operator, Value a, Value b) {
    return Fault.evaluation("no %s of %s and %s".formatted(operator, a.type(), b.type()));
  }
}
