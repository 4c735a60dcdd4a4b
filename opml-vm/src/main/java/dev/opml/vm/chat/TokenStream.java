package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import java.util.List;

/** The tokens of a template, and how far a parser has read them. */
final class TokenStream {
  private final List<Token> tokens;
  private final int maxDepth;
  private int next;
  private int depth;

  TokenStream(List<Token> tokens, int maxDepth) {
    this.tokens = tokens;
    this.maxDepth = maxDepth;
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekSecond() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = peek();
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  boolean skipName(String name) {
    return skip(peek().isName(name));
  }

  boolean skipOperator(String operator) {
    return skip(peek().isOperator(operator));
  }

  private boolean skip(boolean matches) {
    if (matches) {
      take();
    }
    return matches;
  }

  Token take(Token.Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected();
    }
    return take();
  }

  void takeName(String name) {
    if (!skipName(name)) {
      throw error("expected '%s', got '%s'".formatted(name, peek().text()));
    }
  }

  void takeOperator(String operator) {
    if (!skipOperator(operator)) {
      throw error("expected '%s', got '%s'".formatted(operator, peek().text()));
    }
  }

  /** Enters a part inside another; {@link #leave} leaves it. */
  void enter() {
    if (++depth > maxDepth) {
      throw new ChatTemplateException(
          Kind.LIMIT, peek().line(), "maxDepth is %d, this needs more".formatted(maxDepth));
    }
  }

  void leave() {
    depth--;
  }

  ChatTemplateException unexpected() {
    return error("unexpected '" + peek().text() + "'");
  }

  ChatTemplateException error(String problem) {
    return new ChatTemplateException(Kind.SYNTAX, peek().line(), problem);
  }

  ChatTemplateException unsupported(String what) {
    return new ChatTemplateException(Kind.UNSUPPORTED, peek().line(), what);
  }
}
