package dev.opml.vm.chat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON, as Python's {@code json.dumps} writes them. */
final class JsonText {
  private final Budget budget;
  private final boolean asciiOnly;
  private final boolean sorted;
  private final @Nullable String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final StringBuilder text = new StringBuilder();

  private JsonText(Budget budget, Arguments arguments) {
    this.budget = budget;
    this.asciiOnly = arguments.flag(0, false);
    this.indent = indent(budget, arguments.get(1, Value.None.NONE));
    this.sorted = arguments.flag(3, false);
    switch (arguments.get(2, Value.None.NONE)) {
      case Value.Sequence(List<Value> pair, _, _)
          when pair.size() == 2
              && pair.getFirst() instanceof Value.Text(String item)
              && pair.getLast() instanceof Value.Text(String key) -> {
        this.itemSeparator = item;
        this.keySeparator = key;
      }
      case Value.None _ -> {
        this.itemSeparator = indent == null ? ", " : ",";
        this.keySeparator = ": ";
      }
      default -> throw Fault.evaluation("separators are not two strings");
    }
  }

  private static @Nullable String indent(Budget budget, Value indent) {
    return switch (indent) {
      case Value.None _ -> null;
      case Value.Text(String text) -> text;
      case Value.Int(long width) -> {
        budget.text(Math.max(0, width));
        yield " ".repeat((int) Math.max(0, width));
      }
      default -> throw Fault.evaluation("indent is " + indent.type());
    };
  }

  /**
   * The JSON of a value.
   *
   * @param arguments {@code ensure_ascii}, {@code indent}, {@code separators}, {@code sort_keys}
   */
  static Value of(Budget budget, Value value, Arguments arguments) {
    JsonText json = new JsonText(budget, arguments);
    json.write(value, "\n");
    return new Value.Text(json.text.toString());
  }

  /** Writes a value; {@code line} begins a new line at its level. */
  private void write(Value value, String line) {
    budget.step(1);
    switch (value) {
      case Value.None _ -> append("null");
      case Value.Bool(boolean b) -> append(b ? "true" : "false");
      case Value.Int(long n) -> append(Long.toString(n));
      case Value.Real(double x) -> append(real(x));
      case Value.Text(String string) -> append(quote(string));
      case Value.Sequence(List<Value> items, _, _) when items.isEmpty() -> append("[]");
      case Value.Sequence(List<Value> items, _, _) -> {
        String inner = inner(line);
        String separator = "[" + inner;
        for (Value item : items) {
          append(separator);
          write(item, inner);
          separator = itemSeparator + inner;
        }
        append(indent == null ? "]" : line + "]");
      }
      case Value.Mapping(Map<Value, Value> entries, _) when entries.isEmpty() -> append("{}");
      case Value.Mapping(Map<Value, Value> entries, _) -> {
        String inner = inner(line);
        String separator = "{" + inner;
        for (Value key : keys(entries)) {
          append(separator + quote(PythonText.of(budget, key)) + keySeparator);
          write(entries.getOrDefault(key, Value.None.NONE), inner);
          separator = itemSeparator + inner;
        }
        append(indent == null ? "}" : line + "}");
      }
      default -> throw Fault.evaluation(value.type() + " has no JSON");
    }
  }

  private String inner(String line) {
    if (indent == null) {
      return "";
    }
    budget.text((long) line.length() + indent.length());
    return line + indent;
  }

  private Iterable<Value> keys(Map<Value, Value> entries) {
    return sorted ? Filters.sorted(budget, entries.keySet()) : entries.keySet();
  }

  private void append(String part) {
    budget.append(text, part);
  }

  private static String real(double x) {
    if (Double.isNaN(x)) {
      return "NaN";
    }
    return Double.isInfinite(x) ? (x > 0 ? "Infinity" : "-Infinity") : PythonText.real(x);
  }

  private String quote(String string) {
    StringBuilder quoted = new StringBuilder(string.length() + 2).append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\f' -> quoted.append("\\f");
        case '\b' -> quoted.append("\\b");
        default -> {
          if (c < ' ' || (asciiOnly && c > '~')) {
            quoted.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
