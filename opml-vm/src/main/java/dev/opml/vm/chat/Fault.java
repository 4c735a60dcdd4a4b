package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;

/** A failure inside the interpreter; {@link ChatTemplate} adds the line. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  Fault(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static Fault evaluation(String message) {
    return new Fault(Kind.EVALUATION, message);
  }

  static Fault unsupported(String message) {
    return new Fault(Kind.UNSUPPORTED, message);
  }

  ChatTemplateException atLine(int line) {
    return new ChatTemplateException(kind, line, String.valueOf(getMessage()));
  }
}
