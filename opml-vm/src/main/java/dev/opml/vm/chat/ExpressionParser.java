package dev.opml.vm.chat;

import dev.opml.vm.chat.Expression.Actuals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses expressions by precedence climbing. */
final class ExpressionParser {
  private static final int OR = 0;
  private static final int AND = 1;
  private static final int NOT = 2;
  private static final int COMPARE = 3;
  private static final int ADD = 4;
  private static final int CONCAT = 5;
  private static final int MULTIPLY = 6;
  private static final int POWER = 7;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  /** Variables that Jinja gives to a macro that names them. */
  private static final Set<String> MACRO_VARIABLES = Set.of("varargs", "kwargs", "caller");

  private final TokenStream tokens;

  /**
   * Number of conditions that guard what is read. Behind a condition an unknown filter or test
   * matters only if it is reached; elsewhere it is an error even if it is not.
   */
  private int guards;

  /** The first unknown filter or test that nothing guards. */
  private @Nullable ChatTemplateException unknown;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** Parses more while a condition guards it. */
  <T> T guarded(Supplier<T> parse) {
    guards++;
    T parsed = parse.get();
    guards--;
    return parsed;
  }

  /** Parses more, which no condition guards: Jinja looks names up anew in a scope of its own. */
  <T> T unguarded(Supplier<T> parse) {
    int outer = guards;
    guards = 0;
    T parsed = parse.get();
    guards = outer;
    return parsed;
  }

  Expression expression() {
    tokens.enter();
    ChatTemplateException unknownBefore = unknown;
    Expression value = operation(OR);
    while (tokens.skipName("if")) {
      unknown = unknownBefore; // the condition guards the value before it, too
      Expression then = value;
      value =
          guarded(() -> {
            Expression condition = operation(OR);
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            return new Expression.Choice(condition, then, otherwise);
          });
    }
    tokens.leave();
    return value;
  }

  /** An expression without an inline {@code if}. */
  Expression unconditional() {
    tokens.enter();
    Expression value = operation(OR);
    tokens.leave();
    return value;
  }

  /** One expression, or several with commas between them: a tuple. */
  Expression tuple(boolean conditional) {
    Expression first = conditional ? expression() : unconditional();
    if (!tokens.peek().isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",") && !endsTuple()) {
      items.add(conditional ? expression() : unconditional());
    }
    return new Expression.ListOf(items, true);
  }

  private boolean endsTuple() {
    return switch (tokens.peek().kind()) {
      case PRINT_END, BLOCK_END -> true;
      case OPERATOR -> tokens.peek().text().equals(")");
      default -> false;
    };
  }

  private Expression operation(int lowest) {
    tokens.enter();
    Expression left;
    if (lowest <= NOT && tokens.skipName("not")) {
      left = new Expression.Not(operation(NOT));
    } else {
      left = unary(true);
    }
    for (int level = level(); level >= lowest; level = level()) {
      left = operation(left, level);
    }
    tokens.leave();
    return left;
  }

  /** Precedence of the operator that comes next, or -1. */
  private int level() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "or" -> OR;
            case "and" -> AND;
            case "in" -> COMPARE;
            case "not" -> tokens.peekSecond().isName("in") ? COMPARE : -1;
            default -> -1;
          };
      case OPERATOR ->
          switch (token.text()) {
            case "+", "-" -> ADD;
            case "~" -> CONCAT;
            case "*", "/", "//", "%" -> MULTIPLY;
            case "**" -> POWER;
            default -> COMPARISONS.contains(token.text()) ? COMPARE : -1;
          };
      default -> -1;
    };
  }

  private Expression operation(Expression left, int level) {
    if (level == COMPARE) {
      return comparisons(left);
    }
    if (level == CONCAT) {
      List<Expression> parts = new ArrayList<>(List.of(left));
      while (tokens.skipOperator("~")) {
        parts.add(operation(MULTIPLY));
      }
      return new Expression.Concatenation(parts);
    }
    Token operator = tokens.take();
    Expression right = operation(level + 1);
    return level <= AND
        ? new Expression.Logic(level == AND, left, right)
        : new Expression.Arithmetic(operator.text(), left, right, operator.line());
  }

  private Expression comparisons(Expression first) {
    int line = tokens.peek().line();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (level() == COMPARE) {
      String operator = tokens.take().text();
      operators.add(operator.equals("not") ? "not " + tokens.take().text() : operator);
      others.add(operation(ADD));
    }
    return new Expression.Comparisons(first, operators, others, line);
  }

  private Expression unary(boolean withFilters) {
    tokens.enter();
    Token token = tokens.peek();
    Expression value;
    if (tokens.skipOperator("-") || tokens.skipOperator("+")) {
      value = new Expression.Sign(token.text().charAt(0), unary(false), token.line());
    } else {
      value = primary();
    }
    value = postfix(value);
    if (withFilters) {
      value = filters(value);
    }
    tokens.leave();
    return value;
  }

  private Expression primary() {
    Token token = tokens.take();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Token.Kind.STRING) {
          text.append(tokens.take().text());
        }
        yield constant(new Value.Text(text.toString()));
      }
      case INTEGER -> constant(new Value.Int(integer(token.text().replace("_", ""))));
      case FLOAT -> constant(new Value.Real(Double.parseDouble(token.text().replace("_", ""))));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesis();
            case "[" -> new Expression.ListOf(list("]"), false);
            case "{" -> dict();
            default -> throw tokens.error("unexpected '" + token.text() + "'");
          };
      default -> throw tokens.error("unexpected '" + token.text() + "'");
    };
  }

  private Expression name(String name) {
    if (MACRO_VARIABLES.contains(name)) {
      throw tokens.unsupported("the variable " + name);
    }
    return switch (name) {
      case "true", "True" -> constant(new Value.Bool(true));
      case "false", "False" -> constant(new Value.Bool(false));
      case "none", "None" -> constant(Value.None.NONE);
      default -> new Expression.Name(name);
    };
  }

  private static Expression constant(Value value) {
    return new Expression.Constant(value);
  }

  private long integer(String digits) {
    try {
      int radix =
          switch (digits.length() > 1 ? digits.charAt(1) : '0') {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
          };
      return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
    } catch (NumberFormatException e) {
      throw tokens.unsupported("the integer " + digits);
    }
  }

  private Expression parenthesis() {
    if (tokens.skipOperator(")")) {
      return new Expression.ListOf(List.of(), true);
    }
    Expression value = tuple(true);
    tokens.takeOperator(")");
    return value;
  }

  private List<Expression> list(String close) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.skipOperator(close)) {
      if (!items.isEmpty()) {
        tokens.takeOperator(",");
        if (tokens.skipOperator(close)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      if (!keys.isEmpty()) {
        tokens.takeOperator(",");
        if (tokens.skipOperator("}")) {
          break;
        }
      }
      keys.add(expression());
      tokens.takeOperator(":");
      values.add(expression());
    }
    return new Expression.DictOf(keys, values);
  }

  private Expression postfix(Expression value) {
    for (Expression object = value; ; ) {
      Token token = tokens.peek();
      if (token.isOperator("(")) {
        object = new Expression.Call(object, actuals(), token.line());
      } else if (tokens.skipOperator(".")) {
        object = attribute(object, token.line());
      } else if (tokens.skipOperator("[")) {
        object = subscript(object, token.line());
        tokens.takeOperator("]");
      } else {
        return object;
      }
    }
  }

  private Expression attribute(Expression object, int line) {
    if (tokens.peek().kind() == Token.Kind.INTEGER) {
      Expression index = constant(new Value.Int(integer(tokens.take().text())));
      return new Expression.Item(object, index, line);
    }
    return new Expression.Attribute(object, tokens.take(Token.Kind.NAME).text(), line);
  }

  private Expression subscript(Expression object, int line) {
    Expression begin = tokens.peek().isOperator(":") ? null : expression();
    if (!tokens.skipOperator(":")) {
      if (begin == null || tokens.peek().isOperator(",")) {
        throw tokens.unsupported("several subscripts");
      }
      return new Expression.Item(object, begin, line);
    }
    Expression end = bound();
    Expression step = tokens.skipOperator(":") ? bound() : null;
    return new Expression.Slice(object, begin, end, step, line);
  }

  private @Nullable Expression bound() {
    Token token = tokens.peek();
    return token.isOperator(":") || token.isOperator("]") ? null : expression();
  }

  private Actuals actuals() {
    tokens.takeOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    boolean first = true;
    while (!tokens.skipOperator(")")) {
      if (!first) {
        tokens.takeOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      first = false;
      if (tokens.peek().isOperator("*") || tokens.peek().isOperator("**")) {
        throw tokens.unsupported("unpacking arguments of a call");
      }
      boolean isNamed =
          tokens.peek().kind() == Token.Kind.NAME && tokens.peekSecond().isOperator("=");
      if (isNamed) {
        String name = tokens.take().text();
        tokens.take();
        if (named.put(name, expression()) != null) {
          throw tokens.error("argument " + name + " twice");
        }
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw tokens.error("positional argument after a named one");
      }
    }
    return new Actuals(positional, named);
  }

  private Expression filters(Expression value) {
    for (Expression operand = value; ; ) {
      Token token = tokens.peek();
      if (token.isOperator("|")) {
        operand = filter(operand);
      } else if (tokens.skipName("is")) {
        operand = test(operand, token.line());
      } else if (token.isOperator("(")) {
        operand = new Expression.Call(operand, actuals(), token.line());
      } else {
        return operand;
      }
    }
  }

  /** All filters of a block's text, of which a {@code |} stands before all but maybe the first. */
  Expression blockFilters() {
    Expression value = new Expression.Name(Statement.BODY);
    if (!tokens.peek().isOperator("|") && tokens.peek().kind() == Token.Kind.NAME) {
      value = filterName(value);
    }
    while (tokens.peek().isOperator("|")) {
      value = filter(value);
    }
    return value;
  }

  private Expression filter(Expression operand) {
    tokens.takeOperator("|");
    return filterName(operand);
  }

  private Expression filterName(Expression operand) {
    int line = tokens.peek().line();
    String name = dottedName();
    requireKnown(Filters.exists(name), "the filter " + name);
    return new Expression.Filter(operand, name, optionalActuals(), line);
  }

  private Expression test(Expression operand, int line) {
    boolean negated = tokens.skipName("not");
    String name = dottedName();
    requireKnown(Tests.exists(name), "the test " + name);
    Actuals actuals = beginsTestArgument() ? testArgument() : optionalActuals();
    Expression test = new Expression.Test(operand, name, actuals, line);
    return negated ? new Expression.Not(test) : test;
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(tokens.take(Token.Kind.NAME).text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.take(Token.Kind.NAME).text());
    }
    return name.toString();
  }

  private void requireKnown(boolean known, String what) {
    if (!known && guards == 0 && unknown == null) {
      unknown = tokens.unsupported(what);
    }
  }

  /** Throws if something unknown was read outside of conditions. */
  void requireAllKnown() {
    if (unknown != null) {
      throw unknown;
    }
  }

  private Actuals optionalActuals() {
    return tokens.peek().isOperator("(") ? actuals() : Actuals.NONE;
  }

  private boolean beginsTestArgument() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case NAME -> {
        if (token.isName("is")) {
          throw tokens.error("a test of a test");
        }
        yield !Set.of("else", "or", "and").contains(token.text());
      }
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.isOperator("[") || token.isOperator("{");
      default -> false;
    };
  }

  private Actuals testArgument() {
    tokens.enter();
    Expression argument = postfix(primary());
    tokens.leave();
    return new Actuals(List.of(argument), Map.of());
  }
}
