package dev.opml.vm.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template. Lines are from 1. */
sealed interface Statement {
  /** Text outside of tags. */
  record Data(String text) implements Statement {}

  record Print(List<Expression> expressions, int line) implements Statement {}

  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

  /** {@code if} or {@code elif} with what it guards. */
  record Branch(Expression condition, List<Statement> body, int line) {}

  record For(
      Target target,
      Expression items,
      @Nullable Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  record Set(Target target, Expression value, int line) implements Statement {}

  /** {@code set} with a body, whose text a filter may change: an expression of {@link #BODY}. */
  record SetBlock(Target target, List<Statement> body, Expression value, int line)
      implements Statement {}

  /** {@code filter}: a body's text, changed by an expression of {@link #BODY}. */
  record FilterBlock(List<Statement> body, Expression value, int line) implements Statement {}

  record Macro(String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {}

  /** A macro's parameter. */
  record Parameter(String name, @Nullable Expression preset) {}

  /** {@code generation}, with variables of its own. */
  record Block(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}

  /** Name of the text of a block, for its filters; no template can write it. */
  String BODY = "{body}";

  /** The left side of an assignment. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    record Member(String namespace, String name) implements Target {}

    record Several(List<Target> targets) implements Target {}
  }
}
