package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * An array value. Elements are read from the mapped file when asked for: an array of 128k tokens
 * takes 8 bytes a token for strings and nothing for numbers. Safe for use by many threads; indexes
 * are from 0, and a wrong one is an {@link IndexOutOfBoundsException}.
 */
public sealed interface GgufArray extends GgufValue {
  @Override
  default GgufValueType type() {
    return GgufValueType.ARRAY;
  }

  /** Type of the elements. */
  GgufValueType elementType();

  /** Number of elements. */
  int size();

  /** Integers of one of the eight integer types. */
  final class Ints implements GgufArray {
    private final GgufValueType elementType;
    private final ByteBuffer bytes;
    private final int size;

    Ints(GgufValueType elementType, ByteBuffer bytes) {
      this.elementType = elementType;
      this.bytes = bytes;
      this.size = bytes.capacity() / elementType.minBytes();
    }

    @Override
    public GgufValueType elementType() {
      return elementType;
    }

    @Override
    public int size() {
      return size;
    }

    /** The element at {@code index}; of a {@link GgufValueType#UINT64} its 64 bits. */
    public long get(int index) {
      int at = Objects.checkIndex(index, size) * elementType.minBytes();
      return Numbers.integer(elementType, bytes, at);
    }
  }

  /** Floating-point numbers. */
  final class Reals implements GgufArray {
    private final GgufValueType elementType;
    private final ByteBuffer bytes;
    private final int size;

    Reals(GgufValueType elementType, ByteBuffer bytes) {
      this.elementType = elementType;
      this.bytes = bytes;
      this.size = bytes.capacity() / elementType.minBytes();
    }

    @Override
    public GgufValueType elementType() {
      return elementType;
    }

    @Override
    public int size() {
      return size;
    }

    /** The exact element at {@code index}. */
    public double get(int index) {
      int at = Objects.checkIndex(index, size) * elementType.minBytes();
      return Numbers.real(elementType, bytes, at);
    }
  }

  /** Truth values. */
  final class Bools implements GgufArray {
    private final ByteBuffer bytes;

    Bools(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public GgufValueType elementType() {
      return GgufValueType.BOOL;
    }

    @Override
    public int size() {
      return bytes.capacity();
    }

    /** The element at {@code index}. */
    public boolean get(int index) {
      return bytes.get(index) != 0;
    }
  }

  /** Strings. Elements may be any bytes: vocabularies of byte-level models are not always UTF-8. */
  final class Texts implements GgufArray {
    private static final ValueLayout.OfLong LENGTH =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;

    /** Where each string's length field is in the file. */
    private final long[] offsets;

    Texts(MemorySegment file, long[] offsets) {
      this.file = file;
      this.offsets = offsets;
    }

    @Override
    public GgufValueType elementType() {
      return GgufValueType.STRING;
    }

    @Override
    public int size() {
      return offsets.length;
    }

    /** The element at {@code index}, decoded; malformed UTF-8 becomes U+FFFD. */
    public String get(int index) {
      return Utf8.decode(segment(index));
    }

    /** A new array of the bytes of the element at {@code index}. */
    public byte[] bytes(int index) {
      return segment(index).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Length in bytes of the element at {@code index}. */
    public int byteLength(int index) {
      return (int) file.get(LENGTH, offsets[index]); // checked when the file was opened
    }

    private MemorySegment segment(int index) {
      long at = offsets[index];
      return file.asSlice(at + Long.BYTES, file.get(LENGTH, at));
    }
  }

  /**
   * Arrays.
   *
   * @param elements the elements
   */
  record Arrays(List<GgufArray> elements) implements GgufArray {
    /** Copies the list. */
    public Arrays {
      elements = List.copyOf(elements);
    }

    @Override
    public GgufValueType elementType() {
      return GgufValueType.ARRAY;
    }

    @Override
    public int size() {
      return elements.size();
    }
  }
}
