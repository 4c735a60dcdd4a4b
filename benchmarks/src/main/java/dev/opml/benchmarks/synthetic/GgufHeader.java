package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.GgmlType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Everything of a GGUF file, version 3, before the tensors' bytes: metadata, then names, shapes and
 * offsets of tensors, in the order in which they are added. Not thread-safe.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
final class GgufHeader {
  /** Where each tensor starts is a multiple of this, in bytes. */
  static final int ALIGNMENT = 32;

  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final int VERSION = 3;

  // Numbers of the types of values.
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final LittleEndianBytes metadata = new LittleEndianBytes();
  private final LittleEndianBytes tensors = new LittleEndianBytes();
  private long entryCount;
  private long tensorCount;
  private long offset;

  GgufHeader text(String key, String value) {
    entry(key, STRING);
    string(metadata, value);
    return this;
  }

  GgufHeader uint32(String key, int value) {
    entry(key, UINT32);
    metadata.int32(value);
    return this;
  }

  GgufHeader float32(String key, float value) {
    entry(key, FLOAT32);
    metadata.int32(Float.floatToRawIntBits(value));
    return this;
  }

  GgufHeader bool(String key, boolean value) {
    entry(key, BOOL);
    metadata.int8(value ? 1 : 0);
    return this;
  }

  GgufHeader texts(String key, List<String> values) {
    array(key, STRING, values.size());
    values.forEach(value -> string(metadata, value));
    return this;
  }

  GgufHeader float32s(String key, float[] values) {
    array(key, FLOAT32, values.length);
    for (float value : values) {
      metadata.int32(Float.floatToRawIntBits(value));
    }
    return this;
  }

  GgufHeader int32s(String key, int[] values) {
    array(key, INT32, values.length);
    for (int value : values) {
      metadata.int32(value);
    }
    return this;
  }

  /**
   * Adds a tensor, whose bytes come after those of the tensors before.
   *
   * @param columns elements of a row, whole blocks of the format
   * @param rows number of rows; 1 for a vector
   */
  GgufHeader tensor(String name, GgmlType type, int columns, int rows) {
    string(tensors, name);
    boolean vector = rows == 1;
    tensors.int32(vector ? 1 : 2).int64(columns);
    if (!vector) {
      tensors.int64(rows);
    }
    tensors.int32(type.id()).int64(offset);
    offset += padded(type.bytes((long) columns * rows));
    tensorCount++;
    return this;
  }

  /** The bytes, padded to where the first tensor starts. */
  byte[] bytes() {
    LittleEndianBytes all =
        new LittleEndianBytes()
            .int32(MAGIC)
            .int32(VERSION)
            .int64(tensorCount)
            .int64(entryCount)
            .bytes(metadata.toByteArray())
            .bytes(tensors.toByteArray());
    return all.bytes(new byte[(int) (padded(all.size()) - all.size())]).toByteArray();
  }

  /** A size in bytes, with the padding after it. */
  static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void array(String key, int elements, int size) {
    entry(key, ARRAY);
    metadata.int32(elements).int64(size);
  }

  private void entry(String key, int type) {
    string(metadata, key);
    metadata.int32(type);
    entryCount++;
  }

  private static void string(LittleEndianBytes target, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    target.int64(utf8.length).bytes(utf8);
  }
}
