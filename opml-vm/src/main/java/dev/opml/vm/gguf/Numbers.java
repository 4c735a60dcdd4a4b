package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the fixed-size numbers of a GGUF file. Through buffers: a segment's accessors take a
 * microsecond each until they are compiled, and a file is opened before that.
 */
final class Numbers {
  private Numbers() {}

  /** A view of {@code bytes}, at most 2 GiB, as long as these are accessible. */
  static ByteBuffer buffer(MemorySegment bytes) {
    return bytes.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The integer at byte {@code at}, sign- or zero-extended by its type. */
  static long integer(GgufValueType type, ByteBuffer bytes, int at) {
    return switch (type) {
      case UINT8 -> bytes.get(at) & 0xffL;
      case INT8 -> bytes.get(at);
      case UINT16 -> bytes.getShort(at) & 0xffffL;
      case INT16 -> bytes.getShort(at);
      case UINT32 -> bytes.getInt(at) & 0xffff_ffffL;
      case INT32 -> bytes.getInt(at);
      case UINT64, INT64 -> bytes.getLong(at);
      default -> throw new IllegalArgumentException(type + " is not an integer type");
    };
  }

  /** The floating-point number at byte {@code at}. */
  static double real(GgufValueType type, ByteBuffer bytes, int at) {
    return switch (type) {
      case FLOAT32 -> bytes.getFloat(at);
      case FLOAT64 -> bytes.getDouble(at);
      default -> throw new IllegalArgumentException(type + " is not a floating-point type");
    };
  }
}
