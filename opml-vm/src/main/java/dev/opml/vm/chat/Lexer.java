package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens, with whitespace control as Hugging Face sets it: the first newline
 * after a block goes (trim_blocks), and so do the blanks before a block that begins its line
 * (lstrip_blocks).
 */
final class Lexer {
  private static final Pattern RAW = Pattern.compile("\\s*raw\\s*(-?)%}");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?=[-+]?%})");
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)\\d[\\d_]*(\\.\\d[\\d_]*)?[eE][+-]?\\d[\\d_]*|(?<!\\.)\\d[\\d_]*\\.\\d[\\d_]*");
  private static final Pattern INTEGER =
      Pattern.compile("0[bB][01_]+|0[oO][0-7_]+|0[xX][\\da-fA-F_]+|[1-9][\\d_]*|0[0_]*");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;

  private Lexer(String source) {
    this.source = source;
  }

  /** The tokens of a template, the last of kind {@link Token.Kind#END}. */
  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.template();
    return lexer.tokens;
  }

  private void template() {
    for (int open = opening(); open >= 0; open = opening()) {
      char tag = source.charAt(open + 1);
      data(open, sign(open + 2), tag != '{');
      at = open + (sign(open + 2) == ' ' ? 2 : 3);
      switch (tag) {
        case '#' -> comment();
        case '{' -> code(Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END, "}}");
        default -> block();
      }
    }
    data(source.length(), '+', false);
    add(Token.Kind.END, "end of template", at);
  }

  private int opening() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private char sign(int index) {
    char c = index < source.length() ? source.charAt(index) : ' ';
    return c == '-' || c == '+' ? c : ' ';
  }

  /** Adds the text up to a tag, without the whitespace that the tag's sign takes away. */
  private void data(int end, char sign, boolean blanksGo) {
    String text = source.substring(at, end);
    if (sign == '-') {
      text = CodePoints.stripEnd(text);
    } else if (sign != '+' && blanksGo) {
      int lineStart = text.lastIndexOf('\n') + 1;
      boolean beginsLine = lineStart > 0 || at == 0 || source.charAt(at - 1) == '\n';
      if (beginsLine && CodePoints.strip(text.substring(lineStart)).isEmpty()) {
        text = text.substring(0, lineStart);
      }
    }
    if (!text.isEmpty()) {
      add(Token.Kind.DATA, text, at);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error("comment without an end");
    }
    char sign = end > at ? sign(end - 1) : ' ';
    at = end + 2;
    afterTag(sign, true);
  }

  private void block() {
    Matcher raw = RAW.matcher(source).region(at, source.length());
    if (!raw.lookingAt()) {
      code(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, "%}");
      return;
    }
    at = raw.end();
    afterTag("-".equals(raw.group(1)) ? '-' : ' ', false);
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw error("raw without endraw");
    }
    data(end.start(), sign(end.start() + 2), true);
    at = end.end();
    char sign = sign(at);
    at += sign == ' ' ? 2 : 3;
    afterTag(sign, true);
  }

  /** Skips the whitespace after a tag. */
  private void afterTag(char sign, boolean newlineGoes) {
    if (sign == '-') {
      at = skipSpace();
    } else if (sign != '+' && newlineGoes && source.startsWith("\n", at)) {
      at++;
    }
  }

  private int skipSpace() {
    int i = at;
    while (i < source.length() && CodePoints.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void code(Token.Kind begin, Token.Kind end, String close) {
    add(begin, "begin of tag", at);
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      at = skipSpace();
      if (at >= source.length()) {
        throw error("tag without an end");
      }
      char sign = sign(at);
      boolean signed = sign == '-' || (sign == '+' && end == Token.Kind.BLOCK_END);
      if (open.isEmpty() && source.startsWith(close, signed ? at + 1 : at)) {
        add(end, close, at);
        at += signed ? 3 : 2;
        afterTag(sign, end == Token.Kind.BLOCK_END);
        return;
      }
      token(open);
    }
  }

  private void token(Deque<Character> open) {
    char c = source.charAt(at);
    if (c == '_' || Character.isUnicodeIdentifierStart(source.codePointAt(at))) {
      int end = at;
      while (end < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(end))) {
        end += Character.charCount(source.codePointAt(end));
      }
      take(Token.Kind.NAME, end);
    } else if (c == '"' || c == '\'') {
      string(c);
    } else if (c >= '0' && c <= '9' && match(FLOAT) > 0) {
      take(Token.Kind.FLOAT, match(FLOAT));
    } else if (c >= '0' && c <= '9') {
      take(Token.Kind.INTEGER, match(INTEGER));
    } else if (match(OPERATOR) > 0) {
      balance(c, open);
      take(Token.Kind.OPERATOR, match(OPERATOR));
    } else {
      throw error("unexpected character " + c);
    }
  }

  private int match(Pattern pattern) {
    Matcher matcher =
        pattern.matcher(source).region(at, source.length()).useTransparentBounds(true);
    return matcher.lookingAt() ? matcher.end() : -1;
  }

  private void take(Token.Kind kind, int end) {
    add(kind, source.substring(at, end), at);
    at = end;
  }

  private void balance(char c, Deque<Character> open) {
    switch (c) {
      case '{' -> open.push('}');
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '}', ')', ']' -> {
        if (open.isEmpty() || open.pop() != c) {
          throw error("unexpected " + c);
        }
      }
      default -> {}
    }
  }

  private void string(char quote) {
    int begin = at;
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw error("string without an end");
    }
    add(Token.Kind.STRING, unescape(source.substring(begin + 1, end)), begin);
    at = end + 1;
  }

  private String unescape(String raw) {
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    StringBuilder text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = raw.charAt(i++);
      int simple = "\\'\"abfnrtv".indexOf(escaped);
      if (simple >= 0) {
        text.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
      } else if (escaped >= '0' && escaped <= '7') {
        int end = i;
        while (end < raw.length()
            && end < i + 2
            && raw.charAt(end) >= '0'
            && raw.charAt(end) <= '7') {
          end++;
        }
        text.append((char) Integer.parseInt(raw, i - 1, end, 8));
        i = end;
      } else if (escaped == 'x' || escaped == 'u' || escaped == 'U') {
        int end = i + (escaped == 'x' ? 2 : escaped == 'u' ? 4 : 8);
        text.appendCodePoint(hexadecimal(raw, i, end));
        i = end;
      } else if (escaped == 'N') {
        throw unsupported("\\N in a string");
      } else if (escaped != '\n') {
        text.append('\\').append(escaped);
      }
    }
    return text.toString();
  }

  private int hexadecimal(String raw, int begin, int end) {
    int value = 0;
    for (int i = begin; i < end; i++) {
      int digit = i < raw.length() ? Character.digit(raw.charAt(i), 16) : -1;
      value = value * 16 + digit;
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        throw error("bad escape in a string");
      }
    }
    return value;
  }

  private void add(Token.Kind kind, String text, int start) {
    tokens.add(new Token(kind, text, lineOf(start)));
  }

  /** The line of an index that is not before the one of the last call. */
  private int lineOf(int index) {
    for (; counted < index; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }

  private ChatTemplateException error(String problem) {
    return new ChatTemplateException(Kind.SYNTAX, lineOf(at), problem);
  }

  private ChatTemplateException unsupported(String what) {
    return new ChatTemplateException(Kind.UNSUPPORTED, lineOf(at), what);
  }
}
