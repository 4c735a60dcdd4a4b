package dev.opml.vm.chat;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Values as text, as Python's {@code str} and {@code repr} write them. */
final class PythonText {
  private PythonText() {}

  /** Python's {@code str}: a text is itself, and an undefined value is nothing. */
  static String of(Budget budget, Value value) {
    return switch (value) {
      case Value.Text(String text) -> text;
      case Value.Undefined _ -> "";
      default -> quoted(budget, value);
    };
  }

  /** Python's {@code repr}. */
  static String quoted(Budget budget, Value value) {
    StringBuilder text = new StringBuilder();
    write(budget, value, text);
    return text.toString();
  }

  private static void write(Budget budget, Value value, StringBuilder to) {
    budget.step(1);
    switch (value) {
      case Value.Undefined _ -> budget.append(to, "Undefined");
      case Value.None _ -> budget.append(to, "None");
      case Value.Bool(boolean b) -> budget.append(to, b ? "True" : "False");
      case Value.Int(long n) -> budget.append(to, Long.toString(n));
      case Value.Real(double x) -> budget.append(to, real(x));
      case Value.Text(String text) -> budget.append(to, quote(text));
      case Value.Sequence s -> write(budget, s, to);
      case Value.Mapping(Map<Value, Value> entries, _) -> {
        String separator = "{";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
          budget.append(to, separator);
          write(budget, entry.getKey(), to);
          budget.append(to, ": ");
          write(budget, entry.getValue(), to);
          separator = ", ";
        }
        budget.append(to, entries.isEmpty() ? "{}" : "}");
      }
      case Value.Stream _, Value.Namespace _, Value.Loop _, Value.Function _ ->
          throw Fault.unsupported("the text of a " + value.type());
    }
  }

  private static void write(Budget budget, Value.Sequence sequence, StringBuilder to) {
    List<Value> items = sequence.items();
    budget.append(to, sequence.tuple() ? "(" : "[");
    for (int i = 0; i < items.size(); i++) {
      budget.append(to, i == 0 ? "" : ", ");
      write(budget, items.get(i), to);
    }
    budget.append(to, sequence.tuple() ? (items.size() == 1 ? ",)" : ")") : "]");
  }

  /** The shortest decimal that reads back as the same number. */
  static String real(double x) {
    if (Double.isNaN(x)) {
      return "nan";
    }
    if (Double.isInfinite(x)) {
      return x > 0 ? "inf" : "-inf";
    }
    if (x == 0) {
      return 1 / x < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(x)).stripTrailingZeros();
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = decimal.precision() - decimal.scale() - 1;
    String sign = x < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.abs().toPlainString();
      return sign + (plain.contains(".") ? plain : plain + ".0");
    }
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return "%s%s%se%s%02d"
        .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String quote(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            case '\\' -> quoted.append("\\\\");
            default -> {
              if (c == quote) {
                quoted.append('\\').append(quote);
              } else if (isPrintable(c)) {
                quoted.appendCodePoint(c);
              } else {
                int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
                quoted.append(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U");
                quoted.append(HexFormat.of().toHexDigits(c, digits));
              }
            }
          }
        });
    return quoted.append(quote).toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
