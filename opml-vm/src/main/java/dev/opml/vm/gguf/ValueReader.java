package dev.opml.vm.gguf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads metadata values, and counts the array elements of the whole file. */
final class ValueReader {
  /** What an array inside an array counts, because each becomes an object. */
  private static final int NESTED_ARRAY_COST = 16;

  private final GgufCursor cursor;
  private final GgufLimits limits;
  private long arrayElements;

  ValueReader(GgufCursor cursor, GgufLimits limits) {
    this.cursor = cursor;
    this.limits = limits;
  }

  /** Reads a type and a value of that type. */
  GgufValue read(String key) {
    GgufValueType type = type(key);
    return switch (type) {
      case STRING ->
          new GgufValue.Text(cursor.utf8(key, "maxStringBytes", limits.maxStringBytes()));
      case ARRAY -> array(key, 1);
      case BOOL -> new GgufValue.Bool(bools(key, 1).get(0) != 0);
      case FLOAT32, FLOAT64 ->
          new GgufValue.Real(type, Numbers.real(type, cursor.numbers(type.minBytes(), key), 0));
      default ->
          new GgufValue.Int(type, Numbers.integer(type, cursor.numbers(type.minBytes(), key), 0));
    };
  }

  private GgufValueType type(String key) {
    long at = cursor.position();
    int id = cursor.int32("type of " + key);
    GgufValueType type = GgufValueType.ofId(id);
    if (type == null) {
      throw cursor.malformed(
          at, "type of " + key + " is " + Integer.toUnsignedString(id) + ", the last is 12");
    }
    return type;
  }

  private GgufArray array(String key, int depth) {
    long at = cursor.position();
    cursor.requireAtMost(
        at, "array depth of " + key, "maxArrayDepth", limits.maxArrayDepth(), depth);
    GgufValueType type = type(key);
    at = cursor.position();
    String field = "size of " + key;
    int size = cursor.count(field, "maxArrayElements", limits.maxArrayElements(), type.minBytes());
    arrayElements += type == GgufValueType.ARRAY ? (long) size * NESTED_ARRAY_COST : size;
    cursor.requireAtMost(at, field, "maxArrayElements", limits.maxArrayElements(), arrayElements);
    return switch (type) {
      case STRING -> texts(key, size);
      case ARRAY -> arrays(key, size, depth);
      case BOOL -> new GgufArray.Bools(bools(key, size));
      case FLOAT32, FLOAT64 ->
          new GgufArray.Reals(type, cursor.numbers((long) size * type.minBytes(), key));
      default -> new GgufArray.Ints(type, cursor.numbers((long) size * type.minBytes(), key));
    };
  }

  private GgufArray.Texts texts(String key, int size) {
    long[] offsets = new long[size];
    for (int i = 0; i < size; i++) {
      offsets[i] = cursor.position();
      cursor.skipString(key, "maxStringBytes", limits.maxStringBytes());
    }
    return new GgufArray.Texts(cursor.file(), offsets);
  }

  private GgufArray.Arrays arrays(String key, int size, int depth) {
    List<GgufArray> elements = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      elements.add(array(key, depth + 1));
    }
    return new GgufArray.Arrays(elements);
  }

  private ByteBuffer bools(String key, int size) {
    long at = cursor.position();
    ByteBuffer bytes = cursor.numbers(size, key);
    for (int i = 0; i < size; i++) {
      byte value = bytes.get(i);
      if (value != 0 && value != 1) {
        throw cursor.malformed(at + i, key + " holds the bool " + (value & 0xff) + ", not 0 or 1");
      }
    }
    return bytes;
  }
}
