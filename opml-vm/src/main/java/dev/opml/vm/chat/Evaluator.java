package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {
  private final Budget budget;

  /** Line of the last expression that has one: where a failure is. */
  private int line = 1;

  Evaluator(Budget budget) {
    this.budget = budget;
  }

  int line() {
    return line;
  }

  void at(int newLine) {
    line = newLine;
  }

  Value evaluate(Expression expression, Scope scope) {
    budget.enter();
    Value value =
        switch (expression) {
          case Expression.Constant(Value constant) -> constant;
          case Expression.Name(String name) -> scope.get(name);
          case Expression.ListOf(List<Expression> items, boolean tuple) ->
              Value.sequence(budget, all(items, scope), tuple);
          case Expression.DictOf dict -> dict(dict, scope);
          case Expression.Not(Expression operand) -> Value.of(!isTrue(operand, scope));
          case Expression.Sign sign -> {
            Value operand = evaluate(sign.operand(), scope);
            at(sign.line());
            yield Operators.sign(sign.operator(), operand);
          }
          case Expression.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
          case Expression.Logic(boolean and, Expression left, Expression right) -> {
            Value first = evaluate(left, scope);
            yield Operators.isTrue(first) == and ? evaluate(right, scope) : first;
          }
          case Expression.Concatenation(List<Expression> parts) -> concatenation(parts, scope);
          case Expression.Comparisons comparisons -> Value.of(comparisons(comparisons, scope));
          case Expression.Choice choice -> choice(choice, scope);
          case Expression.Attribute(Expression of, String name, int at) -> {
            Value object = evaluate(of, scope);
            at(at);
            yield Lookup.attribute(budget, object, name);
          }
          case Expression.Item(Expression of, Expression index, int at) -> {
            Value object = evaluate(of, scope);
            Value position = evaluate(index, scope);
            at(at);
            yield Lookup.item(budget, object, position);
          }
          case Expression.Slice slice -> slice(slice, scope);
          case Expression.Call call -> call(call, scope);
          case Expression.Filter filter -> {
            Value operand = evaluate(filter.operand(), scope);
            Arguments arguments = arguments(filter.actuals(), scope);
            at(filter.line());
            yield Filters.apply(budget, filter.name(), operand, arguments);
          }
          case Expression.Test test -> {
            Value operand = evaluate(test.operand(), scope);
            Arguments arguments = arguments(test.actuals(), scope);
            at(test.line());
            yield Value.of(Tests.holds(budget, test.name(), operand, arguments));
          }
        };
    budget.leave();
    return value;
  }

  boolean isTrue(Expression expression, Scope scope) {
    return Operators.isTrue(evaluate(expression, scope));
  }

  private List<Value> all(List<Expression> expressions, Scope scope) {
    List<Value> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Value dict(Expression.DictOf dict, Scope scope) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      Value key = evaluate(dict.keys().get(i), scope);
      entries.put(Functions.key(key), evaluate(dict.values().get(i), scope));
    }
    return Value.mapping(budget, entries);
  }

  private Value arithmetic(Expression.Arithmetic arithmetic, Scope scope) {
    Value left = evaluate(arithmetic.left(), scope);
    Value right = evaluate(arithmetic.right(), scope);
    at(arithmetic.line());
    return Operators.arithmetic(budget, arithmetic.operator(), left, right);
  }

  private Value concatenation(List<Expression> parts, Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Expression part : parts) {
      budget.append(text, PythonText.of(budget, evaluate(part, scope)));
    }
    return new Value.Text(text.toString());
  }

  private boolean comparisons(Expression.Comparisons comparisons, Scope scope) {
    Value left = evaluate(comparisons.first(), scope);
    for (int i = 0; i < comparisons.operators().size(); i++) {
      Value right = evaluate(comparisons.others().get(i), scope);
      at(comparisons.line());
      if (!Operators.compare(budget, comparisons.operators().get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Value choice(Expression.Choice choice, Scope scope) {
    if (isTrue(choice.condition(), scope)) {
      return evaluate(choice.then(), scope);
    }
    Expression otherwise = choice.otherwise();
    return otherwise == null ? new Value.Undefined("if without else") : evaluate(otherwise, scope);
  }

  private Value slice(Expression.Slice slice, Scope scope) {
    Value object = evaluate(slice.object(), scope);
    Value begin = orNone(slice.begin(), scope);
    Value end = orNone(slice.end(), scope);
    Value step = orNone(slice.step(), scope);
    at(slice.line());
    return Lookup.slice(budget, object, begin, end, step);
  }

  private Value orNone(@Nullable Expression expression, Scope scope) {
    return expression == null ? Value.None.NONE : evaluate(expression, scope);
  }

  private Value call(Expression.Call call, Scope scope) {
    Value function = evaluate(call.function(), scope);
    Arguments arguments = arguments(call.actuals(), scope);
    at(call.line());
    return switch (function) {
      case Value.Function(_, Value.Body body) -> body.call(arguments);
      case Value.Undefined(String name) -> throw Lookup.undefined(name);
      default -> throw Fault.evaluation(function.type() + " is not callable");
    };
  }

  private Arguments arguments(Expression.Actuals actuals, Scope scope) {
    if (actuals.positional().isEmpty() && actuals.named().isEmpty()) {
      return Arguments.NONE;
    }
    Map<String, Value> named = new LinkedHashMap<>();
    List<Value> positional = all(actuals.positional(), scope);
    actuals.named().forEach((name, value) -> named.put(name, evaluate(value, scope)));
    return new Arguments(new ArrayList<>(positional), named);
  }
}
