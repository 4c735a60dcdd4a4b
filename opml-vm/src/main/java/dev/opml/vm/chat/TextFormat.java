package dev.opml.vm.chat;

import java.util.List;

/** Python's two ways to fill a format: {@code '%s' % value} and {@code '{}'.format(value)}. */
final class TextFormat {
  private TextFormat() {}

  /** Fills {@code %s}, {@code %r}, {@code %d} and {@code %i}, without widths. */
  static Value percent(Budget budget, String format, Value values) {
    List<Value> items =
        values instanceof Value.Sequence(List<Value> several, boolean tuple, _) && tuple
            ? several
            : List.of(values);
    StringBuilder text = new StringBuilder();
    int used = 0;
    int at = 0;
    for (int next = format.indexOf('%'); next >= 0; next = format.indexOf('%', at)) {
      budget.append(text, format.substring(at, next));
      String kind = format.substring(next + 1, Math.min(next + 2, format.length()));
      at = Math.min(next + 2, format.length());
      if (kind.equals("%")) {
        budget.append(text, "%");
        continue;
      }
      if (!kind.isEmpty() && "srdi".contains(kind) && used == items.size()) {
        throw Fault.evaluation("not enough values for the format");
      }
      switch (kind) {
        case "s" -> budget.append(text, PythonText.of(budget, items.get(used++)));
        case "r" -> budget.append(text, PythonText.quoted(budget, items.get(used++)));
        case "d", "i" -> budget.append(text, integer(items.get(used++)));
        case "" -> throw Fault.evaluation("incomplete format");
        default -> throw Fault.unsupported("the format %" + kind);
      }
    }
    budget.append(text, format.substring(at));
    if (used < items.size() && !(values instanceof Value.Mapping)) {
      throw Fault.evaluation("too many values for the format");
    }
    return new Value.Text(text.toString());
  }

  private static String integer(Value value) {
    return switch (value) {
      case Value.Int(long n) -> Long.toString(n);
      case Value.Bool(boolean b) -> b ? "1" : "0";
      case Value.Real(double x) when Math.abs(x) < Long.MAX_VALUE -> Long.toString((long) x);
      default -> throw Fault.evaluation("%d of " + value.type());
    };
  }

  /** Fills <code>{}</code>, <code>{0}</code> and <code>{name}</code>, without specifications. */
  static String braces(Budget budget, String format, Arguments arguments) {
    StringBuilder text = new StringBuilder();
    int used = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean twice = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && twice) {
        budget.append(text, String.valueOf(c));
        i++;
      } else if (c == '{') {
        int end = format.indexOf('}', i);
        if (end < 0) {
          throw Fault.evaluation("expected '}' before the end of a format");
        }
        String field = format.substring(i + 1, end);
        Value value = field(field.isEmpty() ? Integer.toString(used++) : field, arguments);
        budget.append(text, PythonText.of(budget, value));
        i = end;
      } else if (c == '}') {
        throw Fault.evaluation("single '}' in a format");
      } else {
        budget.append(text, String.valueOf(c));
      }
    }
    return text.toString();
  }

  private static Value field(String field, Arguments arguments) {
    boolean name = field.codePoints().allMatch(Character::isUnicodeIdentifierPart);
    boolean index = field.codePoints().allMatch(c -> c >= '0' && c <= '9');
    if (!name) {
      throw Fault.unsupported("the field {" + field + "} of a format");
    }
    Value value;
    if (index) {
      boolean there = field.length() < 9 && Integer.parseInt(field) < arguments.size();
      value = there ? arguments.get(Integer.parseInt(field)) : null;
    } else {
      value = arguments.named().get(field);
    }
    if (value == null) {
      throw Fault.evaluation("no value for the field {" + field + "} of a format");
    }
    return value;
  }
}
