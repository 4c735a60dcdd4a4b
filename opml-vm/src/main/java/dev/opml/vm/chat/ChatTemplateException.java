package dev.opml.vm.chat;

import dev.opml.api.OpmlException;

/** A chat template cannot be parsed, or cannot be rendered for a conversation. */
public class ChatTemplateException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final int line;

  /** Kinds of failure. */
  public enum Kind {
    /** The template breaks a rule of Jinja. */
    SYNTAX("syntax error"),
    /** The template uses a part of Jinja, a filter or a method that is not supported. */
    UNSUPPORTED("not supported"),
    /** An operation failed, for example on an undefined variable. */
    EVALUATION("evaluation failed"),
    /** The template itself refuses the conversation, by {@code raise_exception}. */
    REFUSED("conversation refused"),
    /** The template, or its rendering, goes beyond one of {@link ChatLimits}. */
    LIMIT("limit exceeded");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /**
   * Creates the exception.
   *
   * @param kind kind of failure
   * @param line line of the template, from 1
   * @param problem what is wrong; for {@link Kind#REFUSED} the template's own words
   */
  public ChatTemplateException(Kind kind, int line, String problem) {
    super("chat template, line %d: %s: %s".formatted(line, kind.text, problem));
    this.kind = kind;
    this.line = line;
  }

  /** Kind of failure. */
  public Kind kind() {
    return kind;
  }

  /** Line of the template, from 1. */
  public int line() {
    return line;
  }
}
