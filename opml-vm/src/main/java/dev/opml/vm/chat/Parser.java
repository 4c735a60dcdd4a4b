package dev.opml.vm.chat;

import dev.opml.vm.chat.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses the statements of a template. */
final class Parser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  /** Parses a whole template. */
  static List<Statement> parse(String template, int maxDepth) {
    Parser parser = new Parser(new TokenStream(Lexer.tokens(template), maxDepth));
    List<Statement> statements = parser.body(Set.of());
    parser.expressions.requireAllKnown();
    return statements;
  }

  /** Statements up to a tag of one of these names, of which the name is next. */
  private List<Statement> body(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (tokens.peek().kind() != Token.Kind.END) {
      Token token = tokens.take();
      switch (token.kind()) {
        case DATA -> statements.add(new Statement.Data(token.text()));
        case PRINT_BEGIN -> {
          Expression value = expressions.tuple(true);
          statements.add(new Statement.Print(List.of(value), token.line()));
          tokens.take(Token.Kind.PRINT_END);
        }
        case BLOCK_BEGIN -> {
          if (tokens.peek().kind() == Token.Kind.NAME && ends.contains(tokens.peek().text())) {
            tokens.leave();
            return statements;
          }
          statements.add(statement());
          tokens.take(Token.Kind.BLOCK_END);
        }
        default -> throw tokens.unexpected();
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.error("missing " + String.join(" or ", ends.stream().sorted().toList()));
    }
    tokens.leave();
    return statements;
  }

  /** The body of a block after its tag, with the tag that ends it. */
  private List<Statement> blockTo(String end) {
    tokens.take(Token.Kind.BLOCK_END);
    List<Statement> body = body(Set.of(end));
    tokens.takeName(end);
    return body;
  }

  private Statement statement() {
    Token tag = tokens.take(Token.Kind.NAME);
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> conditional();
      case "for" -> loop(line);
      case "set" -> set(line);
      case "macro" -> macro();
      case "print" -> print(line);
      case "generation" -> new Statement.Block(functionBody("endgeneration"));
      case "filter" -> {
        Expression value = expressions.unguarded(expressions::blockFilters);
        List<Statement> body = expressions.unguarded(() -> blockTo("endfilter"));
        yield new Statement.FilterBlock(body, value, line);
      }
      case "break" -> inLoop(new Statement.Break());
      case "continue" -> inLoop(new Statement.Continue());
      default -> throw tokens.unsupported("the tag " + tag.text());
    };
  }

  private Statement inLoop(Statement statement) {
    if (loops == 0) {
      throw tokens.error("break or continue outside of a loop");
    }
    return statement;
  }

  private Statement conditional() {
    List<Statement.Branch> branches = new ArrayList<>();
    do {
      branches.add(expressions.guarded(this::branch));
    } while (tokens.skipName("elif"));
    List<Statement> otherwise = List.of();
    if (tokens.skipName("else")) {
      otherwise = expressions.guarded(() -> blockTo("endif"));
    } else {
      tokens.takeName("endif");
    }
    return new Statement.If(branches, otherwise);
  }

  private Statement.Branch branch() {
    int line = tokens.peek().line();
    Expression condition = expressions.tuple(false);
    tokens.take(Token.Kind.BLOCK_END);
    return new Statement.Branch(condition, body(Set.of("elif", "else", "endif")), line);
  }

  private Statement loop(int line) {
    Target target = targets();
    tokens.takeName("in");
    Expression items = expressions.tuple(false);
    Expression condition =
        tokens.skipName("if") ? expressions.unguarded(expressions::expression) : null;
    if (tokens.peek().isName("recursive")) {
      throw tokens.unsupported("recursive loops");
    }
    tokens.take(Token.Kind.BLOCK_END);
    loops++;
    List<Statement> body = expressions.unguarded(() -> body(Set.of("else", "endfor")));
    loops--;
    List<Statement> otherwise = List.of();
    if (tokens.skipName("else")) {
      otherwise = expressions.unguarded(() -> blockTo("endfor"));
    } else {
      tokens.takeName("endfor");
    }
    return new Statement.For(target, items, condition, body, otherwise, line);
  }

  private Statement set(int line) {
    Target target = targets();
    if (tokens.skipOperator("=")) {
      return new Statement.Set(target, expressions.tuple(true), line);
    }
    Expression value = expressions.unguarded(expressions::blockFilters);
    List<Statement> body = expressions.unguarded(() -> blockTo("endset"));
    return new Statement.SetBlock(target, body, value, line);
  }

  private Target targets() {
    Target first = target();
    if (!tokens.peek().isOperator(",")) {
      return first;
    }
    List<Target> several = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      Token token = tokens.peek();
      boolean more = token.kind() == Token.Kind.NAME && !token.isName("in");
      if (!more && !token.isOperator("(")) {
        break;
      }
      several.add(target());
    }
    return new Target.Several(several);
  }

  private Target target() {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = targets();
      tokens.takeOperator(")");
      tokens.leave();
      return inner;
    }
    String name = variable();
    return tokens.skipOperator(".")
        ? new Target.Member(name, tokens.take(Token.Kind.NAME).text())
        : new Target.Variable(name);
  }

  private String variable() {
    String name = tokens.take(Token.Kind.NAME).text();
    if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
      throw tokens.error("cannot assign to " + name);
    }
    return name;
  }

  private Statement macro() {
    String name = variable();
    tokens.takeOperator("(");
    List<Statement.Parameter> parameters = new ArrayList<>();
    while (!tokens.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.takeOperator(",");
      }
      String parameter = variable();
      Expression preset = tokens.skipOperator("=") ? expressions.expression() : null;
      boolean presetsEnd = preset == null && !parameters.isEmpty();
      if (presetsEnd && parameters.getLast().preset() != null) {
        throw tokens.error("parameter without a default after one with");
      }
      parameters.add(new Statement.Parameter(parameter, preset));
    }
    return new Statement.Macro(name, parameters, functionBody("endmacro"));
  }

  /** A body that loops around it cannot be left from. */
  private List<Statement> functionBody(String end) {
    int outerLoops = loops;
    loops = 0;
    List<Statement> body = expressions.unguarded(() -> blockTo(end));
    loops = outerLoops;
    return body;
  }

  private Statement print(int line) {
    List<Expression> values = new ArrayList<>();
    while (tokens.peek().kind() != Token.Kind.BLOCK_END) {
      if (!values.isEmpty()) {
        tokens.takeOperator(",");
      }
      values.add(expressions.expression());
    }
    return new Statement.Print(values, line);
  }
}
