package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;

/**
 * A metadata value. Texts and arrays are views of the mapped file and can be read until it is
 * closed.
 */
public sealed interface GgufValue permits GgufValue.Scalar, GgufArray {
  /** Its type in the file. */
  GgufValueType type();

  /** A value that is not an array. */
  sealed interface Scalar extends GgufValue {}

  /**
   * An integer.
   *
   * @param type one of the eight integer types
   * @param value the value; of a {@link GgufValueType#UINT64} its 64 bits
   */
  record Int(GgufValueType type, long value) implements Scalar {
    @Override
    public String toString() {
      return type == GgufValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /**
   * A floating-point number.
   *
   * @param type {@link GgufValueType#FLOAT32} or {@link GgufValueType#FLOAT64}
   * @param value the exact value
   */
  record Real(GgufValueType type, double value) implements Scalar {
    @Override
    public String toString() {
      return type == GgufValueType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /** A truth value. */
  record Bool(boolean value) implements Scalar {
    @Override
    public GgufValueType type() {
      return GgufValueType.BOOL;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** A string, decoded each time it is asked for, so that an unread chat template takes no heap. */
  final class Text implements Scalar {
    private final MemorySegment utf8;

    Text(MemorySegment utf8) {
      this.utf8 = utf8;
    }

    @Override
    public GgufValueType type() {
      return GgufValueType.STRING;
    }

    /** The string. */
    public String value() {
      return Utf8.decode(utf8);
    }

    @Override
    public String toString() {
      return value();
    }
  }
}
