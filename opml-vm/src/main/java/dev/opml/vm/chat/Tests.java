package dev.opml.vm.chat;

import java.util.Map;

/** Jinja's tests, as in {@code value is defined}. */
final class Tests {
  private static final Map<String, Test> ALL =
      Map.ofEntries(
          test("defined", "", (b, v, a) -> !(v instanceof Value.Undefined)),
          test("undefined", "", (b, v, a) -> v instanceof Value.Undefined),
          test("none", "", (b, v, a) -> v instanceof Value.None),
          test("boolean", "", (b, v, a) -> v instanceof Value.Bool),
          test("true", "", (b, v, a) -> v instanceof Value.Bool(boolean t) && t),
          test("false", "", (b, v, a) -> v instanceof Value.Bool(boolean t) && !t),
          test("integer", "", (b, v, a) -> v instanceof Value.Int),
          test("float", "", (b, v, a) -> v instanceof Value.Real),
          test("number", "", (b, v, a) -> isNumber(v)),
          test("string", "", (b, v, a) -> v instanceof Value.Text),
          test("mapping", "", (b, v, a) -> v instanceof Value.Mapping),
          test("sequence", "", (b, v, a) -> isSequence(v)),
          test("iterable", "", (b, v, a) -> isSequence(v) || v instanceof Value.Stream),
          test("callable", "", (b, v, a) -> v instanceof Value.Function),
          test("escaped", "", (b, v, a) -> false),
          test("odd", "", (b, v, a) -> remainder(b, v, Value.of(2)) == 1),
          test("even", "", (b, v, a) -> remainder(b, v, Value.of(2)) == 0),
          test("divisibleby", "num", (b, v, a) -> remainder(b, v, a.get(0)) == 0),
          test("lower", "", (b, v, a) -> TextMethods.isCased(PythonText.of(b, v), false)),
          test("upper", "", (b, v, a) -> TextMethods.isCased(PythonText.of(b, v), true)),
          test("filter", "", (b, v, a) -> v instanceof Value.Text(String n) && Filters.exists(n)),
          test("test", "", (b, v, a) -> v instanceof Value.Text(String n) && exists(n)),
          test("sameas", "other", (b, v, a) -> isSame(b, v, a.get(0))),
          operator("in", "in"),
          operator("eq", "=="),
          operator("equalto", "=="),
          operator("==", "=="),
          operator("ne", "!="),
          operator("!=", "!="),
          operator("lt", "<"),
          operator("lessthan", "<"),
          operator("<", "<"),
          operator("le", "<="),
          operator("<=", "<="),
          operator("gt", ">"),
          operator("greaterthan", ">"),
          operator(">", ">"),
          operator("ge", ">="),
          operator(">=", ">="));

  private interface Body {
    boolean holds(Budget budget, Value value, Arguments arguments);
  }

  private record Test(String name, String parameters, Body body) {}

  private Tests() {}

  private static Map.Entry<String, Test> test(String name, String parameters, Body body) {
    return Map.entry(name, new Test(name, parameters, body));
  }

  private static Map.Entry<String, Test> operator(String name, String operator) {
    return test(name, "other", (b, v, a) -> Operators.compare(b, operator, v, a.get(0)));
  }

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static boolean holds(Budget budget, String name, Value value, Arguments arguments) {
    Test test = ALL.get(name);
    if (test == null) {
      throw Fault.unsupported("the test " + name);
    }
    budget.read(value);
    return test.body.holds(budget, value, arguments.bind(name, test.parameters));
  }

  private static boolean isNumber(Value value) {
    return value instanceof Value.Bool || value instanceof Value.Int || value instanceof Value.Real;
  }

  /** An undefined value is an empty sequence. */
  private static boolean isSequence(Value value) {
    return value instanceof Value.Undefined
        || value instanceof Value.Text
        || value instanceof Value.Sequence
        || value instanceof Value.Mapping;
  }

  private static double remainder(Budget budget, Value value, Value divisor) {
    return switch (Operators.arithmetic(budget, "%", value, divisor)) {
      case Value.Int(long n) -> n;
      case Value.Real(double x) -> x;
      default -> -1;
    };
  }

  private static boolean isSame(Budget budget, Value value, Value other) {
    return value.getClass() == other.getClass() && Operators.equal(budget, value, other);
  }
}
