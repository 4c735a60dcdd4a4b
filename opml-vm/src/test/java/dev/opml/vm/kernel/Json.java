package dev.opml.vm.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the JSON of the golden vectors: objects, arrays, plain strings and integers, well-formed.
 */
final class Json {
  private static final Pattern TOKEN = Pattern.compile("[{}\\[\\]]|\"([^\"]*)\"|-?\\d+");

  private final Matcher tokens;

  private Json(String text) {
    tokens = TOKEN.matcher(text);
  }

  /** Maps, lists, strings and integers. */
  static Object parse(String text) {
    Json json = new Json(text);
    return json.value(json.next());
  }

  private Object value(String token) {
    return switch (token) {
      case "{" -> object();
      case "[" -> array();
      default -> tokens.group(1) != null ? tokens.group(1) : Integer.valueOf(token);
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> result = new LinkedHashMap<>();
    for (String token = next(); !token.equals("}"); token = next()) {
      String key = tokens.group(1);
      result.put(key, value(next()));
    }
    return result;
  }

  private List<Object> array() {
    List<Object> result = new ArrayList<>();
    for (String token = next(); !token.equals("]"); token = next()) {
      result.add(value(token));
    }
    return result;
  }

  private String next() {
    if (!tokens.find()) {
      throw new IllegalArgumentException("unexpected end");
    }
    return tokens.group();
  }
}
