package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufValue;
import dev.opml.vm.gguf.GgufValueType;
import java.math.BigInteger;

/** GGUF metadata values as JSON and as short text. */
final class MetadataJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private MetadataJson() {}

  /** {@code {type, value}}; of an array, which can have a million elements, type and size. */
  static ObjectNode of(GgufValue value) {
    ObjectNode node = JSON.objectNode().put("type", value.type().name());
    return switch (value) {
      case GgufArray array ->
          node.put("elementType", array.elementType().name()).put("size", array.size());
      case GgufValue.Scalar scalar -> node.set("value", scalar(scalar));
    };
  }

  /** One line of at most {@code length} characters. */
  static String brief(GgufValue value, int length) {
    return switch (value) {
      case GgufArray array -> "%,d × %s".formatted(array.size(), array.elementType());
      case GgufValue.Text text -> '"' + Printable.line(text.value(), length - 2) + '"';
      case GgufValue.Scalar scalar -> scalar.toString();
    };
  }

  private static JsonNode scalar(GgufValue.Scalar value) {
    return switch (value) {
      case GgufValue.Int(GgufValueType type, long bits) when type == GgufValueType.UINT64 ->
          JSON.numberNode(new BigInteger(Long.toUnsignedString(bits)));
      case GgufValue.Int(_, long number) -> JSON.numberNode(number);
      // Not its exact double: 1e-5 of the file should read as 1e-5.
      case GgufValue.Real(GgufValueType type, double number)
          when type == GgufValueType.FLOAT32 && Double.isFinite(number) ->
          JSON.numberNode((float) number);
      case GgufValue.Real(_, double number) when Double.isFinite(number) -> JSON.numberNode(number);
      // JSON has no word for infinities and NaN.
      case GgufValue.Real real -> JSON.textNode(real.toString());
      case GgufValue.Bool(boolean truth) -> JSON.booleanNode(truth);
      case GgufValue.Text text -> JSON.textNode(text.value());
    };
  }
}
