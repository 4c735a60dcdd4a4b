package dev.opml.vm.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of a template. Lines are from 1. */
sealed interface Expression {
  record Constant(Value value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items, boolean tuple) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  record Not(Expression operand) implements Expression {}

  /** {@code -} or {@code +} before a number. */
  record Sign(char operator, Expression operand, int line) implements Expression {}

  /** An arithmetic operator. */
  record Arithmetic(String operator, Expression left, Expression right, int line)
      implements Expression {}

  /** {@code and} or {@code or}. */
  record Logic(boolean and, Expression left, Expression right) implements Expression {}

  /** {@code a ~ b ~ c}. */
  record Concatenation(List<Expression> parts) implements Expression {}

  /** {@code first < b <= c}, where {@code operators[i]} stands before {@code others[i]}. */
  record Comparisons(Expression first, List<String> operators, List<Expression> others, int line)
      implements Expression {}

  /** {@code then if condition else otherwise}; undefined without {@code else}. */
  record Choice(Expression condition, Expression then, @Nullable Expression otherwise)
      implements Expression {}

  /** {@code object.name}. */
  record Attribute(Expression object, String name, int line) implements Expression {}

  /** {@code object[index]}. */
  record Item(Expression object, Expression index, int line) implements Expression {}

  /** {@code object[begin:end:step]}. */
  record Slice(
      Expression object,
      @Nullable Expression begin,
      @Nullable Expression end,
      @Nullable Expression step,
      int line)
      implements Expression {}

  record Call(Expression function, Actuals actuals, int line) implements Expression {}

  record Filter(Expression operand, String name, Actuals actuals, int line) implements Expression {}

  record Test(Expression operand, String name, Actuals actuals, int line) implements Expression {}

  /** The arguments of a call. */
  record Actuals(List<Expression> positional, Map<String, Expression> named) {
    static final Actuals NONE = new Actuals(List.of(), Map.of());
  }
}
