package dev.opml.vm.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Writes small GGUF files, well-formed unless asked otherwise. Types are the numbers of the format.
 */
public final class GgufWriter {
  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int version = 3;
  private int alignment = 32;
  private long entryCount;
  private long tensorCount;

  /** Sets the version; 3 if not called. */
  public GgufWriter version(int version) {
    this.version = version;
    return this;
  }

  /** States what tensors are aligned to, a power of two; without, it is 32. */
  public GgufWriter alignment(int bytes) {
    alignment = bytes;
    return uint32("general.alignment", bytes);
  }

  /** Adds {@code extra} to the number of entries that the file says it has. */
  public GgufWriter miscountEntries(long extra) {
    entryCount += extra;
    return this;
  }

  /** Adds {@code extra} to the number of tensors that the file says it has. */
  public GgufWriter miscountTensors(long extra) {
    tensorCount += extra;
    return this;
  }

  /** Adds an entry of any bytes. */
  public GgufWriter entry(byte[] key, int type, byte[]... value) {
    entries.writeBytes(string(key));
    entries.writeBytes(int32(type));
    for (byte[] part : value) {
      entries.writeBytes(part);
    }
    entryCount++;
    return this;
  }

  /** Adds an entry of any type. */
  public GgufWriter entry(String key, int type, byte[]... value) {
    return entry(utf8(key), type, value);
  }

  /** Adds an unsigned 32-bit integer. */
  public GgufWriter uint32(String key, int value) {
    return entry(key, 4, int32(value));
  }

  /** Adds a 32-bit floating-point number. */
  public GgufWriter float32(String key, float value) {
    return entry(key, 6, int32(Float.floatToRawIntBits(value)));
  }

  /** Adds a truth value. */
  public GgufWriter bool(String key, boolean value) {
    return entry(key, 7, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds a string. */
  public GgufWriter text(String key, String value) {
    return entry(key, 8, string(utf8(value)));
  }

  /** Adds an array of strings. */
  public GgufWriter texts(String key, String... values) {
    return texts(key, Arrays.stream(values).map(GgufWriter::utf8).toList());
  }

  /** Adds an array of strings that need not be UTF-8. */
  public GgufWriter texts(String key, List<byte[]> values) {
    return entry(key, 9, array(8, values.stream().map(GgufWriter::string).toArray(byte[][]::new)));
  }

  /** Adds an array of 32-bit floating-point numbers. */
  public GgufWriter floats(String key, float... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = int32(Float.floatToRawIntBits(values[i]));
    }
    return entry(key, 9, array(6, elements));
  }

  /** Adds an array of signed 32-bit integers. */
  public GgufWriter ints(String key, int... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = int32(values[i]);
    }
    return entry(key, 9, array(5, elements));
  }

  /** Adds a tensor behind the ones before. */
  public GgufWriter tensor(String name, int type, byte[] bytes, long... shape) {
    describe(name, type, data.size(), shape);
    data.writeBytes(bytes);
    data.writeBytes(new byte[-bytes.length & (alignment - 1)]);
    return this;
  }

  /** Adds the description of a tensor, without bytes. */
  public GgufWriter describe(String name, int type, long offset, long... shape) {
    tensors.writeBytes(string(utf8(name)));
    tensors.writeBytes(int32(shape.length));
    for (long dimension : shape) {
      tensors.writeBytes(int64(dimension));
    }
    tensors.writeBytes(int32(type));
    tensors.writeBytes(int64(offset));
    tensorCount++;
    return this;
  }

  /** Adds bytes to the data that no tensor describes. */
  public GgufWriter data(byte[] bytes) {
    data.writeBytes(bytes);
    return this;
  }

  /** Everything before the data, without padding. */
  public byte[] header() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(utf8("GGUF"));
    file.writeBytes(int32(version));
    file.writeBytes(int64(tensorCount));
    file.writeBytes(int64(entryCount));
    file.writeBytes(entries.toByteArray());
    file.writeBytes(tensors.toByteArray());
    return file.toByteArray();
  }

  /** The whole file. */
  public byte[] toByteArray() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header());
    file.writeBytes(new byte[-file.size() & (alignment - 1)]);
    file.writeBytes(data.toByteArray());
    return file.toByteArray();
  }

  /** Writes the file into {@code directory}. */
  public Path write(Path directory) {
    try {
      return Files.write(Files.createTempFile(directory, "written", ".gguf"), toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An array value: element type, size, elements. */
  public static byte[] array(int type, byte[]... elements) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.writeBytes(int32(type));
    value.writeBytes(int64(elements.length));
    for (byte[] element : elements) {
      value.writeBytes(element);
    }
    return value.toByteArray();
  }

  /** A string value: length, bytes. */
  public static byte[] string(byte[] bytes) {
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  /** Four bytes. */
  public static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** Eight bytes. */
  public static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
