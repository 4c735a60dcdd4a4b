package dev.opml.examples.claim;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The fields of one JSON object, each read as exactly one type in one range; anything else is a
 * {@link ClaimFormatException} that names its JSON pointer.
 *
 * @param path file, for errors
 * @param pointer JSON pointer of the object
 * @param object the object
 */
record ClaimFields(Path path, String pointer, JsonNode object) {
  private static final Pattern HASH = Pattern.compile("0x[0-9a-f]{64}");
  private static final Pattern DIGITS = Pattern.compile("0x([0-9a-f]{2})++");
  private static final Pattern UNSIGNED = Pattern.compile("0|[1-9][0-9]{0,19}");

  static ClaimFields of(Path path, String pointer, JsonNode node) {
    if (!node.isObject()) {
      throw new ClaimFormatException(path, pointer, "is not an object");
    }
    return new ClaimFields(path, pointer, node);
  }

  /** Refuses fields with other names. */
  void requireOnly(String... names) {
    Set<String> known = Set.of(names);
    for (var field : object.properties()) {
      if (!known.contains(field.getKey())) {
        throw refused(field.getKey(), "is not a field of this version");
      }
    }
  }

  boolean has(String name) {
    return object.has(name);
  }

  ClaimFields object(String name) {
    return of(path, pointer + "/" + name, require(name));
  }

  int integer(String name, int min, int max) {
    return integer(name, require(name), min, max);
  }

  private int integer(String name, JsonNode node, int min, int max) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw refused(name, "is not a 32-bit integer");
    }
    if (node.intValue() < min || node.intValue() > max) {
      throw refused(name, node.intValue() + " is not in [" + min + ", " + max + "]");
    }
    return node.intValue();
  }

  /** The float32 next to the decimal number. */
  float real(String name) {
    JsonNode node = require(name);
    if (!node.isNumber()) {
      throw refused(name, "is not a number");
    }
    return Float.parseFloat(node.asText());
  }

  long unsigned(String name) {
    String text = text(name);
    if (!UNSIGNED.matcher(text).matches()) {
      throw refused(name, "is not a decimal number in quotes");
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw refused(name, "is above 2^64 - 1");
    }
  }

  Bytes32 bytes32(String name) {
    String text = text(name);
    if (!HASH.matcher(text).matches()) {
      throw refused(name, "is not 0x and 64 lower-case hexadecimal digits");
    }
    return Bytes32.fromHex(text);
  }

  ByteVector vector(String name) {
    String text = text(name);
    if (!DIGITS.matcher(text).matches()) {
      throw refused(name, "is not 0x and pairs of lower-case hexadecimal digits");
    }
    return ByteVector.of(HexFormat.of().parseHex(text, 2, text.length()));
  }

  <E extends Enum<E>> E oneOf(String name, E[] values) {
    String text = text(name);
    return Arrays.stream(values)
        .filter(v -> v.name().equals(text))
        .findFirst()
        .orElseThrow(() -> refused(name, "is not one of " + Arrays.toString(values)));
  }

  TokenIds ids(String name, int least) {
    return ids(name, array(name, require(name)), least);
  }

  /** An array of arrays of token ids. */
  List<TokenIds> sequences(String name) {
    JsonNode node = array(name, require(name));
    List<TokenIds> sequences = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      String element = name + "/" + i;
      sequences.add(ids(element, array(element, node.get(i)), 0));
    }
    return sequences;
  }

  private JsonNode array(String name, JsonNode node) {
    if (!node.isArray()) {
      throw refused(name, "is not an array");
    }
    return node;
  }

  private TokenIds ids(String name, JsonNode node, int least) {
    if (node.size() < least) {
      throw refused(name, "has fewer than " + least + " elements");
    }
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = integer(name + "/" + i, node.get(i), 0, Integer.MAX_VALUE);
    }
    return TokenIds.of(ids);
  }

  String text(String name) {
    JsonNode node = require(name);
    if (!node.isTextual()) {
      throw refused(name, "is not a string");
    }
    return node.textValue();
  }

  private JsonNode require(String name) {
    JsonNode node = object.get(name);
    if (node == null) {
      throw refused(name, "is missing");
    }
    return node;
  }

  private ClaimFormatException refused(String name, String problem) {
    return new ClaimFormatException(path, pointer + "/" + name, problem);
  }
}
