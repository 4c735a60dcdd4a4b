package dev.opml.vm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries out the statements of a template. One rendering uses it. */
final class Interpreter {
  private final Budget budget;
  private final Evaluator evaluator;

  /** Ways for a statement to end: whether the loop around it goes on. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Interpreter(Budget budget, Evaluator evaluator) {
    this.budget = budget;
    this.evaluator = evaluator;
  }

  /** The text that statements write. */
  String render(List<Statement> statements, Scope scope) {
    StringBuilder out = new StringBuilder();
    run(statements, scope, out);
    return out.toString();
  }

  private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
    budget.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
      budget.step(1);
      flow = run(statements.get(i), scope, out);
    }
    budget.leave();
    return flow;
  }

  private Flow run(Statement statement, Scope scope, StringBuilder out) {
    switch (statement) {
      case Statement.Data(String text) -> budget.append(out, text);
      case Statement.Print(List<Expression> expressions, int line) -> {
        for (Expression expression : expressions) {
          evaluator.at(line);
          Value value = evaluator.evaluate(expression, scope);
          budget.append(out, PythonText.of(budget, value));
        }
      }
      case Statement.If conditional -> {
        return run(conditional, scope, out);
      }
      case Statement.For loop -> run(loop, scope, out);
      case Statement.Set(Statement.Target target, Expression value, int line) -> {
        evaluator.at(line);
        assign(target, evaluator.evaluate(value, scope), scope);
      }
      case Statement.SetBlock(var target, var body, Expression value, int line) ->
          assign(target, filtered(body, value, line, scope), scope);
      case Statement.FilterBlock(var body, Expression value, int line) ->
          budget.append(out, PythonText.of(budget, filtered(body, value, line, scope)));
      case Statement.Macro macro -> define(macro, scope);
      case Statement.Block(List<Statement> body) -> run(body, new Scope(scope), out);
      case Statement.Break _ -> {
        return Flow.BREAK;
      }
      case Statement.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Statement.If conditional, Scope scope, StringBuilder out) {
    for (Statement.Branch branch : conditional.branches()) {
      evaluator.at(branch.line());
      if (evaluator.isTrue(branch.condition(), scope)) {
        return run(branch.body(), scope, out);
      }
    }
    return run(conditional.otherwise(), scope, out);
  }

  private Value filtered(List<Statement> body, Expression value, int line, Scope scope) {
    Scope inner = new Scope(scope);
    String text = render(body, inner);
    evaluator.at(line);
    Scope filters = new Scope(scope);
    filters.set(Statement.BODY, new Value.Text(text));
    return evaluator.evaluate(value, filters);
  }

  private void run(Statement.For loop, Scope scope, StringBuilder out) {
    evaluator.at(loop.line());
    Value items = evaluator.evaluate(loop.items(), scope);
    List<Value> elements = selected(loop, Operators.elements(budget, items), scope);
    boolean ranToEnd = false;
    for (int i = 0; i < elements.size(); i++) {
      Scope inner = new Scope(scope);
      assign(loop.target(), elements.get(i), inner);
      inner.set("loop", loop(elements, i));
      Flow flow = run(loop.body(), inner, out);
      ranToEnd |= flow == Flow.NEXT;
      if (flow == Flow.BREAK) {
        break;
      }
    }
    if (!ranToEnd) { // Jinja's rule, which holds for a loop whose every round was left early, too
      run(loop.otherwise(), new Scope(scope), out);
    }
  }

  private List<Value> selected(Statement.For loop, List<Value> elements, Scope scope) {
    Expression condition = loop.condition();
    if (condition == null) {
      return elements;
    }
    List<Value> selected = new ArrayList<>();
    for (Value element : elements) {
      Scope inner = new Scope(scope);
      assign(loop.target(), element, inner);
      if (evaluator.isTrue(condition, inner)) {
        selected.add(element);
      }
    }
    budget.elements(selected.size());
    return selected;
  }

  private Value loop(List<Value> elements, int index) {
    int size = elements.size();
    return new Value.Loop(name ->
        switch (name) {
          case "index" -> Value.of(index + 1);
          case "index0" -> Value.of(index);
          case "revindex" -> Value.of(size - index);
          case "revindex0" -> Value.of(size - index - 1);
          case "first" -> Value.of(index == 0);
          case "last" -> Value.of(index == size - 1);
          case "length" -> Value.of(size);
          case "depth" -> Value.of(1);
          case "depth0" -> Value.of(0);
          case "previtem" -> index == 0 ? null : elements.get(index - 1);
          case "nextitem" -> index == size - 1 ? null : elements.get(index + 1);
          case "cycle" ->
              new Value.Function(
                  name,
                  a -> {
                    if (a.size() == 0) {
                      throw Fault.evaluation("no items for cycle");
                    }
                    return a.get(index % a.size());
                  });
          case "changed" -> throw Fault.unsupported("loop.changed");
          default -> null;
        });
  }

  private void assign(Statement.Target target, Value value, Scope scope) {
    switch (target) {
      case Statement.Target.Variable(String name) -> {
        budget.elements(1);
        scope.set(name, value);
      }
      case Statement.Target.Member(String namespace, String name) -> {
        if (!(scope.get(namespace) instanceof Value.Namespace(Map<String, Value> variables))) {
          throw Fault.evaluation(namespace + " is not a namespace");
        }
        budget.elements(1);
        variables.put(name, value);
      }
      case Statement.Target.Several(List<Statement.Target> targets) -> {
        List<Value> parts = Operators.elements(budget, value);
        if (parts.size() != targets.size()) {
          throw Fault.evaluation(
              "cannot unpack %d values into %d".formatted(parts.size(), targets.size()));
        }
        for (int i = 0; i < targets.size(); i++) {
          assign(targets.get(i), parts.get(i), scope);
        }
      }
    }
  }

  private void define(Statement.Macro macro, Scope scope) {
    budget.elements(1);
    scope.set(
        macro.name(), new Value.Function(macro.name(), arguments -> call(macro, arguments, scope)));
  }

  private Value call(Statement.Macro macro, Arguments arguments, Scope outer) {
    Scope scope = new Scope(outer);
    List<Statement.Parameter> parameters = macro.parameters();
    if (arguments.size() > parameters.size()) {
      throw Fault.evaluation(
          "macro %s takes at most %d arguments".formatted(macro.name(), parameters.size()));
    }
    int used = 0;
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      Value named = arguments.named().get(name);
      used += named == null ? 0 : 1;
      if (named != null && i < arguments.size()) {
        throw Fault.evaluation("macro %s got %s twice".formatted(macro.name(), name));
      }
      Value given = i < arguments.size() ? arguments.get(i) : named;
      scope.set(name, given == null ? preset(parameters.get(i), scope) : given);
    }
    if (used < arguments.named().size()) {
      throw Fault.evaluation(
          "macro %s has not all of %s".formatted(macro.name(), arguments.named().keySet()));
    }
    budget.elements(parameters.size());
    return new Value.Text(render(macro.body(), scope));
  }

  private Value preset(Statement.Parameter parameter, Scope scope) {
    @Nullable Expression preset = parameter.preset();
    return preset == null
        ? new Value.Undefined(parameter.name())
        : evaluator.evaluate(preset, scope);
  }
}
