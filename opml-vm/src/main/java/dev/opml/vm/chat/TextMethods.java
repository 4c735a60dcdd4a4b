package dev.opml.vm.chat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Methods of Python's {@code str}. */
final class TextMethods {
  /** Names of methods that are not here, so that they are refused instead of being undefined. */
  private static final Set<String> OTHERS =
      Set.of(
          "casefold",
          "center",
          "encode",
          "expandtabs",
          "format_map",
          "index",
          "isascii",
          "isdecimal",
          "isidentifier",
          "isnumeric",
          "isprintable",
          "istitle",
          "ljust",
          "maketrans",
          "partition",
          "rindex",
          "rjust",
          "rpartition",
          "swapcase",
          "translate",
          "zfill");

  private static final Map<String, Method> ALL =
      Map.ofEntries(
          method("strip", "chars?", (s, a, b) -> text(b, strip(b, s, a))),
          method(
              "lstrip", "chars?", (s, a, b) -> text(b, CodePoints.stripStart(s, strips(b, s, a)))),
          method("rstrip", "chars?", (s, a, b) -> text(b, CodePoints.stripEnd(s, strips(b, s, a)))),
          method("upper", "", (s, a, b) -> text(b, s.toUpperCase(Locale.ROOT))),
          method("lower", "", (s, a, b) -> text(b, s.toLowerCase(Locale.ROOT))),
          method("title", "", (s, a, b) -> text(b, title(s))),
          method("capitalize", "", (s, a, b) -> text(b, CodePoints.capitalize(s))),
          method(
              "startswith", "prefix start? end?", (s, a, b) -> affix(b, s, a, String::startsWith)),
          method("endswith", "suffix start? end?", (s, a, b) -> affix(b, s, a, String::endsWith)),
          method("removeprefix", "prefix", (s, a, b) -> text(b, removePrefix(s, a.text(0)))),
          method("removesuffix", "suffix", (s, a, b) -> text(b, removeSuffix(s, a.text(0)))),
          method(
              "replace",
              "old new count?",
              (s, a, b) -> replace(b, s, a.text(0), a.text(1), a.count(2, -1))),
          method("split", "sep? maxsplit?", (s, a, b) -> TextSplit.split(b, s, a)),
          method("rsplit", "sep? maxsplit?", (s, a, b) -> TextSplit.splitFromEnd(b, s, a)),
          method(
              "splitlines",
              "keepends?",
              (s, a, b) -> TextSplit.values(b, TextSplit.lines(b, s, a.flag(0, false)))),
          method("join", "iterable", (s, a, b) -> join(b, s, Operators.elements(b, a.get(0)))),
          method("find", "sub start? end?", (s, a, b) -> Value.of(find(b, s, a, false))),
          method("rfind", "sub start? end?", (s, a, b) -> Value.of(find(b, s, a, true))),
          method(
              "count", "sub start? end?", (s, a, b) -> Value.of(count(b, part(s, a), a.text(0)))),
          method("isdigit", "", (s, a, b) -> all(s, Character::isDigit)),
          method("isalpha", "", (s, a, b) -> all(s, Character::isLetter)),
          method("isalnum", "", (s, a, b) -> all(s, Character::isLetterOrDigit)),
          method("isspace", "", (s, a, b) -> all(s, CodePoints::isSpace)),
          method("islower", "", (s, a, b) -> Value.of(isCased(s, false))),
          method("isupper", "", (s, a, b) -> Value.of(isCased(s, true))));

  private interface Body {
    Value call(String self, Arguments arguments, Budget budget);
  }

  private record Method(String name, String parameters, Body body) {}

  private TextMethods() {}

  private static Map.Entry<String, Method> method(String name, String parameters, Body body) {
    return Map.entry(name, new Method(name, parameters, body));
  }

  /** The method of a text, or null if Python has none of that name. */
  static @Nullable Value find(Budget budget, String self, String name) {
    if (name.equals("format")) {
      return new Value.Function(
          name, arguments -> new Value.Text(TextFormat.braces(budget, self, arguments)));
    }
    Method method = ALL.get(name);
    if (method == null) {
      if (OTHERS.contains(name)) {
        throw Fault.unsupported("the method " + name + " of a string");
      }
      return null;
    }
    return new Value.Function(
        name,
        arguments -> {
          budget.step(self.length() / 64);
          return method.body.call(self, arguments.bind(name, method.parameters), budget);
        });
  }

  private static Value text(Budget budget, String text) {
    return Value.text(budget, text);
  }

  static String strip(Budget budget, String self, Arguments arguments) {
    IntPredicate strips = strips(budget, self, arguments);
    return CodePoints.stripStart(CodePoints.stripEnd(self, strips), strips);
  }

  private static IntPredicate strips(Budget budget, String self, Arguments arguments) {
    if (!arguments.has(0) || arguments.get(0) instanceof Value.None) {
      return CodePoints::isSpace;
    }
    String characters = arguments.text(0);
    budget.search(self, characters);
    return c -> characters.indexOf(c) >= 0;
  }

  private static String title(String self) {
    StringBuilder text = new StringBuilder();
    boolean inWord = false;
    for (int c : self.codePoints().toArray()) {
      text.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return text.toString();
  }

  private static Value affix(
      Budget budget, String self, Arguments arguments, BiFunction<String, String, Boolean> has) {
    String part = part(self, arguments);
    List<Value> affixes =
        arguments.get(0) instanceof Value.Sequence(List<Value> several, boolean tuple, _) && tuple
            ? several
            : List.of(new Value.Text(arguments.text(0)));
    for (Value affix : affixes) {
      budget.step(1);
      budget.read(affix);
      if (!(affix instanceof Value.Text(String text))) {
        throw Fault.evaluation("a prefix or suffix is " + affix.type() + ", expected a string");
      }
      if (has.apply(part, text)) {
        return Value.of(true);
      }
    }
    return Value.of(false);
  }

  /** The part of a text that the arguments at 1 and 2 bound. */
  private static String part(String self, Arguments arguments) {
    if (!arguments.has(1) && !arguments.has(2)) {
      return self;
    }
    Slice slice = slice(self, arguments);
    int begin = self.offsetByCodePoints(0, (int) slice.from());
    int length = (int) Math.max(0, slice.to() - slice.from());
    return self.substring(begin, self.offsetByCodePoints(begin, length));
  }

  private static Slice slice(String self, Arguments arguments) {
    return Slice.of(
        CodePoints.length(self),
        arguments.get(1, Value.None.NONE),
        arguments.get(2, Value.None.NONE),
        Value.None.NONE);
  }

  private static String removePrefix(String self, String prefix) {
    return self.startsWith(prefix) ? self.substring(prefix.length()) : self;
  }

  private static String removeSuffix(String self, String suffix) {
    return self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
  }

  /**
   * Replaces the first occurrences of {@code old}.
   *
   * @param most how many, or negative for all
   */
  static Value replace(Budget budget, String self, String old, String by, int most) {
    budget.search(self, old);
    StringBuilder text = new StringBuilder();
    int at = 0;
    int done = 0;
    for (int next = self.indexOf(old); next >= 0 && done != most; done++) {
      budget.append(text, self.substring(at, next));
      budget.append(text, by);
      at = next + old.length();
      int from = old.isEmpty() ? next + charCount(self, next) : at;
      next = from > self.length() ? -1 : self.indexOf(old, from);
    }
    budget.append(text, self.substring(at));
    return new Value.Text(text.toString());
  }

  private static int charCount(String text, int at) {
    return at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
  }

  static Value join(Budget budget, String separator, List<Value> items) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof Value.Text(String item))) {
        throw Fault.evaluation("join of " + items.get(i).type() + ", expected a string");
      }
      budget.append(text, i == 0 ? "" : separator);
      budget.append(text, item);
    }
    return new Value.Text(text.toString());
  }

  private static long find(Budget budget, String self, Arguments arguments, boolean last) {
    String part = part(self, arguments);
    String wanted = arguments.text(0);
    budget.search(part, wanted);
    int at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    return at < 0 ? -1 : slice(self, arguments).from() + part.codePointCount(0, at);
  }

  private static long count(Budget budget, String self, String wanted) {
    budget.search(self, wanted);
    if (wanted.isEmpty()) {
      return CodePoints.length(self) + 1L;
    }
    long count = 0;
    for (int at = self.indexOf(wanted); at >= 0; at = self.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  private static Value all(String self, IntPredicate property) {
    return Value.of(!self.isEmpty() && self.codePoints().allMatch(property));
  }

  static boolean isCased(String self, boolean upper) {
    boolean cased =
        self.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    return cased
        && self.codePoints()
            .noneMatch(c -> upper ? Character.isLowerCase(c) : Character.isUpperCase(c));
  }
}
