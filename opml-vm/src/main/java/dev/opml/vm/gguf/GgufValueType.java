package dev.opml.vm.gguf;

import org.jspecify.annotations.Nullable;

/** Types of metadata values, in the order of their numbers in the file, from 0. */
public enum GgufValueType {
  /** Unsigned 8-bit integer. */
  UINT8(1),
  /** Signed 8-bit integer. */
  INT8(1),
  /** Unsigned 16-bit integer. */
  UINT16(2),
  /** Signed 16-bit integer. */
  INT16(2),
  /** Unsigned 32-bit integer. */
  UINT32(4),
  /** Signed 32-bit integer. */
  INT32(4),
  /** IEEE-754 binary32. */
  FLOAT32(4),
  /** One byte, 0 or 1. */
  BOOL(1),
  /** 64-bit length in bytes, then UTF-8. */
  STRING(8),
  /** Element type, 64-bit number of elements, then the elements. */
  ARRAY(12),
  /** Unsigned 64-bit integer. */
  UINT64(8),
  /** Signed 64-bit integer. */
  INT64(8),
  /** IEEE-754 binary64. */
  FLOAT64(8);

  private static final GgufValueType[] BY_ID = values();

  private final int minBytes;

  GgufValueType(int minBytes) {
    this.minBytes = minBytes;
  }

  static @Nullable GgufValueType ofId(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }

  /** Size of a value in bytes; of a string or array, the size of an empty one. */
  int minBytes() {
    return minBytes;
  }
}
