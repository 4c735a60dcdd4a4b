package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads the fixed-size numbers of a GGUF file. */
final class Numbers {
  private Numbers() {}

  /** The integer at byte {@code at}, sign- or zero-extended by its type. */
  static long integer(GgufValueType type, MemorySegment bytes, long at) {
    return switch (type) {
      case UINT8 -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
      case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case UINT16 -> bytes.get(LittleEndian.SHORT, at) & 0xffffL;
      case INT16 -> bytes.get(LittleEndian.SHORT, at);
      case UINT32 -> bytes.get(LittleEndian.INT, at) & 0xffff_ffffL;
      case INT32 -> bytes.get(LittleEndian.INT, at);
      case UINT64, INT64 -> bytes.get(LittleEndian.LONG, at);
      default -> throw new IllegalArgumentException(type + " is not an integer type");
    };
  }

  /** The floating-point number at byte {@code at}. */
  static double real(GgufValueType type, MemorySegment bytes, long at) {
    return switch (type) {
      case FLOAT32 -> bytes.get(LittleEndian.FLOAT, at);
      case FLOAT64 -> bytes.get(LittleEndian.DOUBLE, at);
      default -> throw new IllegalArgumentException(type + " is not a floating-point type");
    };
  }
}
