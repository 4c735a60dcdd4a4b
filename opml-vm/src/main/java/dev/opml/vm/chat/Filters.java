package dev.opml.vm.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jinja's filters, with {@code tojson} as Hugging Face defines it. */
final class Filters {
  private static final Map<String, Filter> ALL =
      Map.ofEntries(
          filter("abs", "", (b, v, a) -> absolute(v)),
          filter("capitalize", "", (b, v, a) -> Value.text(b, CodePoints.capitalize(str(b, v)))),
          filter("count", "", (b, v, a) -> Value.of(Operators.length(v))),
          filter("d", "default_value? boolean?", (b, v, a) -> preset(v, a)),
          filter("default", "default_value? boolean?", (b, v, a) -> preset(v, a)),
          filter("dictsort", "case_sensitive? by? reverse?", Filters::dictSort),
          filter("e", "", (b, v, a) -> escape(b, v)),
          filter("escape", "", (b, v, a) -> escape(b, v)),
          filter("first", "", (b, v, a) -> first(Operators.elements(b, v))),
          filter("float", "default?", (b, v, a) -> real(v, a)),
          filter("format", null, Filters::format),
          filter("indent", "width? first? blank?", Filters::indent),
          filter("int", "default?", (b, v, a) -> integer(v, a)),
          filter("items", "", (b, v, a) -> items(b, v)),
          filter("join", "d? attribute?", Filters::join),
          filter("last", "", (b, v, a) -> first(reversed(b, v))),
          filter("length", "", (b, v, a) -> Value.of(Operators.length(v))),
          filter("list", "", (b, v, a) -> Value.list(b, Operators.elements(b, v))),
          filter("lower", "", (b, v, a) -> Value.text(b, str(b, v).toLowerCase(Locale.ROOT))),
          filter("map", null, Filters::map),
          filter(
              "max", "case_sensitive? attribute?", (b, v, a) -> first(sorted(b, v, a, 0, 1, true))),
          filter(
              "min",
              "case_sensitive? attribute?",
              (b, v, a) -> first(sorted(b, v, a, 0, 1, false))),
          filter("reject", null, (b, v, a) -> select(b, v, a, false, false)),
          filter("rejectattr", null, (b, v, a) -> select(b, v, a, true, false)),
          filter("replace", "old new count?", Filters::replace),
          filter("reverse", "", (b, v, a) -> reverse(b, v)),
          filter("round", "precision? method?", (b, v, a) -> round(v, a)),
          filter("safe", "", (b, v, a) -> new Value.Text(str(b, v))),
          filter("select", null, (b, v, a) -> select(b, v, a, false, true)),
          filter("selectattr", null, (b, v, a) -> select(b, v, a, true, true)),
          filter(
              "sort",
              "reverse? case_sensitive? attribute?",
              (b, v, a) -> Value.list(b, sorted(b, v, a, 1, 2, a.flag(0, false)))),
          filter("string", "", (b, v, a) -> new Value.Text(str(b, v))),
          filter("sum", "attribute? start?", Filters::sum),
          filter("title", "", (b, v, a) -> Value.text(b, title(str(b, v)))),
          filter("tojson", "ensure_ascii? indent? separators? sort_keys?", JsonText::of),
          filter("trim", "chars?", (b, v, a) -> Value.text(b, TextMethods.strip(b, str(b, v), a))),
          filter("unique", "case_sensitive? attribute?", Filters::unique),
          filter("upper", "", (b, v, a) -> Value.text(b, str(b, v).toUpperCase(Locale.ROOT))));

  /** Text after which a word begins, for {@code title}. */
  private static final Pattern WORD_BEGINS = Pattern.compile("[-\\s({\\[<]+|[^-\\s({\\[<]+");

  private interface Body {
    Value apply(Budget budget, Value value, Arguments arguments);
  }

  /** A filter; one without a list of parameters takes the arguments as they are. */
  private record Filter(String name, @Nullable String parameters, Body body) {}

  private Filters() {}

  private static Map.Entry<String, Filter> filter(
      String name, @Nullable String parameters, Body body) {
    return Map.entry(name, new Filter(name, parameters, body));
  }

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static Value apply(Budget budget, String name, Value value, Arguments arguments) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw Fault.unsupported("the filter " + name);
    }
    budget.step(1);
    budget.read(value);
    String parameters = filter.parameters;
    Arguments bound = parameters == null ? arguments : arguments.bind(name, parameters);
    return filter.body.apply(budget, value, bound);
  }

  private static String str(Budget budget, Value value) {
    return PythonText.of(budget, value);
  }

  private static Value absolute(Value value) {
    return switch (Operators.sign('+', value)) {
      case Value.Int(long n) when n < 0 -> Operators.sign('-', value);
      case Value.Real(double x) -> new Value.Real(Math.abs(x));
      case Value number -> number;
    };
  }

  private static Value preset(Value value, Arguments arguments) {
    boolean missing =
        value instanceof Value.Undefined || (arguments.flag(1, false) && !Operators.isTrue(value));
    return missing ? arguments.get(0, Value.Text.EMPTY) : value;
  }

  private static Value escape(Budget budget, Value value) {
    String text = str(budget, value);
    return Value.text(
        budget,
        text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("'", "&#39;")
            .replace("\"", "&#34;"));
  }

  private static Value first(List<Value> items) {
    return items.isEmpty() ? new Value.Undefined("first or last of nothing") : items.getFirst();
  }

  private static List<Value> reversed(Budget budget, Value value) {
    if (value instanceof Value.Stream) {
      throw Fault.evaluation("a generator has no last element");
    }
    List<Value> items = new ArrayList<>(Operators.elements(budget, value));
    Collections.reverse(items);
    return items;
  }

  private static Value reverse(Budget budget, Value value) {
    if (value instanceof Value.Text(String text)) {
      return Value.text(budget, new StringBuilder(text).reverse().toString());
    }
    List<Value> items = new ArrayList<>(Operators.elements(budget, value));
    Collections.reverse(items);
    return value instanceof Value.Stream
        ? Value.list(budget, items)
        : new Value.Stream(items.iterator());
  }

  private static Value real(Value value, Arguments arguments) {
    try {
      return switch (value) {
        case Value.Text(String text) -> new Value.Real(PythonNumber.real(text));
        case Value.Undefined(String name) -> throw Lookup.undefined(name);
        case Value.Bool(boolean b) -> new Value.Real(b ? 1 : 0);
        case Value.Int(long n) -> new Value.Real(n);
        case Value.Real _ -> value;
        default -> arguments.get(0, new Value.Real(0));
      };
    } catch (NumberFormatException e) {
      return arguments.get(0, new Value.Real(0));
    }
  }

  private static Value integer(Value value, Arguments arguments) {
    try {
      return switch (value) {
        case Value.Text(String text) -> Value.of(PythonNumber.integer(text));
        case Value.Undefined(String name) -> throw Lookup.undefined(name);
        case Value.Bool _, Value.Int _ -> Operators.sign('+', value);
        case Value.Real(double x) -> Value.of(PythonNumber.truncate(x));
        default -> arguments.get(0, Value.of(0));
      };
    } catch (NumberFormatException e) {
      return arguments.get(0, Value.of(0));
    }
  }

  private static Value format(Budget budget, Value value, Arguments arguments) {
    if (!arguments.named().isEmpty()) {
      throw Fault.unsupported("the filter format with named arguments");
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      values.add(arguments.get(i));
    }
    return TextFormat.percent(budget, str(budget, value), Value.sequence(budget, values, true));
  }

  private static Value indent(Budget budget, Value value, Arguments arguments) {
    if (!(value instanceof Value.Text(String text))) {
      throw Fault.evaluation("indent of " + value.type());
    }
    String margin;
    if (arguments.has(0) && arguments.get(0) instanceof Value.Text(String given)) {
      margin = given;
    } else {
      long width = Math.max(0, arguments.integer(0, 4));
      budget.text(width);
      margin = " ".repeat((int) width);
    }
    StringBuilder indented = new StringBuilder();
    List<String> lines = TextSplit.lines(budget, text + "\n", false);
    for (int i = 0; i < lines.size(); i++) {
      boolean first = i == 0;
      boolean blank = lines.get(i).isEmpty() && !arguments.flag(2, false);
      budget.append(indented, first ? "" : "\n");
      budget.append(
          indented, first ? (arguments.flag(1, false) ? margin : "") : blank ? "" : margin);
      budget.append(indented, lines.get(i));
    }
    return new Value.Text(indented.toString());
  }

  private static Value items(Budget budget, Value value) {
    return switch (value) {
      case Value.Undefined _ -> new Value.Stream(Collections.emptyIterator());
      case Value.Mapping mapping ->
          new Value.Stream(CollectionMethods.pairs(budget, mapping).iterator());
      default -> throw Fault.evaluation("items of " + value.type());
    };
  }

  private static Value join(Budget budget, Value value, Arguments arguments) {
    List<Value> texts = new ArrayList<>();
    for (Value item : Operators.elements(budget, value)) {
      budget.step(1);
      Value part = arguments.has(1) ? Attributes.get(budget, item, arguments.get(1)) : item;
      texts.add(new Value.Text(str(budget, part)));
    }
    return TextMethods.join(budget, str(budget, arguments.get(0, Value.Text.EMPTY)), texts);
  }

  private static Value replace(Budget budget, Value value, Arguments arguments) {
    int most =
        arguments.get(2, Value.None.NONE) instanceof Value.None ? -1 : arguments.count(2, -1);
    return TextMethods.replace(
        budget,
        str(budget, value),
        str(budget, arguments.get(0)),
        str(budget, arguments.get(1)),
        most);
  }

  private static Value round(Value value, Arguments arguments) {
    int precision = arguments.count(0, 0);
    String method = arguments.text(1, "common");
    if (Math.abs(precision) > 300) {
      throw Fault.unsupported("round to " + precision + " digits");
    }
    Value number = Operators.sign('+', value);
    double x = number instanceof Value.Int(long n) ? n : ((Value.Real) number).value();
    double scale = Math.pow(10, precision);
    return switch (method) {
      case "common" ->
          number instanceof Value.Int && precision >= 0 ? number : halfEven(x, precision);
      case "ceil" -> new Value.Real(Math.ceil(x * scale) / scale);
      case "floor" -> new Value.Real(Math.floor(x * scale) / scale);
      default -> throw Fault.evaluation("round by " + method);
    };
  }

  private static Value halfEven(double x, int precision) {
    if (!Double.isFinite(x)) {
      throw Fault.unsupported("round of " + x);
    }
    return new Value.Real(
        new BigDecimal(x).setScale(precision, RoundingMode.HALF_EVEN).doubleValue());
  }

  private static Value sum(Budget budget, Value value, Arguments arguments) {
    Value sum = arguments.get(1, Value.of(0));
    for (Value item : Operators.elements(budget, value)) {
      budget.step(1);
      boolean whole = arguments.get(0, Value.None.NONE) instanceof Value.None;
      Value part = whole ? item : Attributes.get(budget, item, arguments.get(0));
      sum = Operators.arithmetic(budget, "+", sum, part);
    }
    return sum;
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    WORD_BEGINS
        .matcher(text)
        .results()
        .forEach(word -> {
          int end = word.group().offsetByCodePoints(0, 1);
          title.append(word.group().substring(0, end).toUpperCase(Locale.ROOT));
          title.append(word.group().substring(end).toLowerCase(Locale.ROOT));
        });
    return title.toString();
  }

  private static Value map(Budget budget, Value value, Arguments arguments) {
    List<Value> items = elementsIfTrue(budget, value);
    Value attribute = arguments.named().get("attribute");
    if (arguments.size() == 0 && attribute != null) {
      Value preset = arguments.named().get("default");
      return stream(items.stream().map(item -> Attributes.get(budget, item, attribute, preset)));
    }
    String name = name(arguments, 0);
    return stream(items.stream().map(item -> apply(budget, name, item, arguments.after(1))));
  }

  private static Value select(
      Budget budget, Value value, Arguments arguments, boolean byAttribute, boolean wanted) {
    int testAt = byAttribute ? 1 : 0;
    if (byAttribute && arguments.size() == 0) {
      throw Fault.evaluation("no attribute to select by");
    }
    return stream(
        elementsIfTrue(budget, value).stream()
            .filter(item -> {
              budget.step(1);
              Value tested = byAttribute ? Attributes.get(budget, item, arguments.get(0)) : item;
              boolean holds =
                  arguments.size() == testAt
                      ? Operators.isTrue(tested)
                      : Tests.holds(
                          budget, name(arguments, testAt), tested, arguments.after(testAt + 1));
              return holds == wanted;
            }));
  }

  /** These filters take {@code none}, and whatever else is falsy, for an empty list. */
  private static List<Value> elementsIfTrue(Budget budget, Value value) {
    return Operators.isTrue(value) ? Operators.elements(budget, value) : List.of();
  }

  private static String name(Arguments arguments, int index) {
    if (arguments.size() <= index) {
      throw Fault.evaluation("no filter or test to apply");
    }
    return arguments.text(index);
  }

  private static Value stream(Stream<Value> items) {
    return new Value.Stream(items.iterator());
  }

  private static Value unique(Budget budget, Value value, Arguments arguments) {
    List<Value> keys = new ArrayList<>();
    List<Value> unique = new ArrayList<>();
    for (Value item : Operators.elements(budget, value)) {
      Value key = key(budget, item, arguments, 0, 1);
      if (keys.stream().noneMatch(k -> Operators.equal(budget, k, key))) {
        keys.add(key);
        unique.add(item);
      }
    }
    return new Value.Stream(unique.iterator());
  }

  private static Value dictSort(Budget budget, Value value, Arguments arguments) {
    if (!(value instanceof Value.Mapping mapping)) {
      throw Fault.evaluation("dictsort of " + value.type());
    }
    String by = arguments.text(1, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw Fault.evaluation("dictsort by " + by);
    }
    Value part = Value.of(by.equals("key") ? 0 : 1);
    boolean caseSensitive = arguments.flag(0, false);
    List<Value> pairs = CollectionMethods.pairs(budget, mapping);
    sort(
        budget,
        pairs,
        pair -> folded(Lookup.item(budget, pair, part), caseSensitive),
        arguments.flag(2, false));
    return Value.list(budget, pairs);
  }

  /** Values in ascending order. */
  static List<Value> sorted(Budget budget, Collection<Value> values) {
    List<Value> items = new ArrayList<>(values);
    sort(budget, items, item -> item, false);
    return items;
  }

  private static List<Value> sorted(
      Budget budget,
      Value value,
      Arguments arguments,
      int caseAt,
      int attributeAt,
      boolean reverse) {
    List<Value> items = new ArrayList<>(Operators.elements(budget, value));
    sort(budget, items, item -> key(budget, item, arguments, caseAt, attributeAt), reverse);
    return items;
  }

  private interface Key {
    Value of(Value item);
  }

  private static void sort(Budget budget, List<Value> items, Key key, boolean reverse) {
    Comparator<Value> order =
        (x, y) -> {
          budget.step(1);
          Value first = key.of(x);
          Value second = key.of(y);
          return Operators.less(budget, "<", first, second)
              ? -1
              : Operators.less(budget, "<", second, first) ? 1 : 0;
        };
    try {
      items.sort(reverse ? order.reversed() : order);
    } catch (IllegalArgumentException e) {
      throw Fault.unsupported("sorting values without a total order"); // such as NaN
    }
  }

  private static Value key(
      Budget budget, Value item, Arguments arguments, int caseAt, int attributeAt) {
    Value attribute = arguments.get(attributeAt, Value.None.NONE);
    Value key = attribute instanceof Value.None ? item : Attributes.get(budget, item, attribute);
    return folded(key, arguments.flag(caseAt, false));
  }

  private static Value folded(Value key, boolean caseSensitive) {
    return !caseSensitive && key instanceof Value.Text(String text)
        ? new Value.Text(text.toLowerCase(Locale.ROOT))
        : key;
  }
}
