package dev.opml.benchmarks.synthetic;

import java.io.ByteArrayOutputStream;

/** Growing bytes, with the low byte of each number first. Not thread-safe. */
final class LittleEndianBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  LittleEndianBytes int8(int value) {
    bytes.write(value);
    return this;
  }

  LittleEndianBytes int32(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.write(value >> shift);
    }
    return this;
  }

  LittleEndianBytes int64(long value) {
    return int32((int) value).int32((int) (value >> Integer.SIZE));
  }

  LittleEndianBytes bytes(byte[] value) {
    bytes.writeBytes(value);
    return this;
  }

  int size() {
    return bytes.size();
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
