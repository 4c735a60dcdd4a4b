package dev.opml.vm.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a file says: metadata and tensors, by name. */
record GgufContent(GgufMetadata metadata, Map<String, GgufTensor> tensors) {
  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final String SPLIT_COUNT = "split.count";
  private static final String ALIGNMENT = "general.alignment";
  private static final int DEFAULT_ALIGNMENT = 32;

  /**
   * The alignments of files that opML computes with. Tensors start at multiples of it, and the
   * guest loads aligned words of up to eight bytes.
   */
  private static final int MIN_ALIGNMENT = 8;

  private static final int MAX_ALIGNMENT = 1 << 20;

  /** The largest power of two that the 32 bits of the format hold. */
  private static final long MAX_FORMAT_ALIGNMENT = 1L << 31;

  /** Size in bytes of an entry with an empty key and a one-byte value. */
  private static final int MIN_ENTRY_BYTES = 8 + 4 + 1;

  /** Reads a file for computation. */
  static GgufContent read(GgufCursor cursor, GgufLimits limits) {
    return read(cursor, limits, GgufPurpose.COMPUTE);
  }

  static GgufContent read(GgufCursor cursor, GgufLimits limits, GgufPurpose purpose) {
    requireVersion(cursor);
    int tensorCount =
        cursor.count(
            "tensor count", "maxTensors", limits.maxTensors(), TensorReader.MIN_DESCRIPTION_BYTES);
    int entryCount =
        cursor.count(
            "metadata entry count",
            "maxMetadataEntries",
            limits.maxMetadataEntries(),
            MIN_ENTRY_BYTES);
    GgufMetadata metadata = new GgufMetadata(cursor.path(), entries(cursor, limits, entryCount));
    if (purpose == GgufPurpose.COMPUTE) {
      requireWhole(cursor, metadata);
    }
    Map<String, GgufTensor> tensors =
        new TensorReader(cursor, limits, purpose)
            .read(tensorCount, alignment(cursor, metadata, purpose));
    return new GgufContent(metadata, Collections.unmodifiableMap(tensors));
  }

  private static void requireVersion(GgufCursor cursor) {
    int magic = cursor.int32("magic");
    if (magic != MAGIC) {
      throw cursor.malformed(0, "magic is 0x%08x, not 0x%08x (GGUF)".formatted(magic, MAGIC));
    }
    int version = cursor.int32("version");
    if (version != 2 && version != 3) {
      boolean swapped = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3;
      throw cursor.malformed(
          Integer.BYTES,
          "version is %s, not 2 or 3%s"
              .formatted(Integer.toUnsignedString(version), swapped ? " (a big-endian file)" : ""));
    }
  }

  private static Map<String, GgufValue> entries(GgufCursor cursor, GgufLimits limits, int count) {
    Map<String, GgufValue> entries = new LinkedHashMap<>();
    ValueReader values = new ValueReader(cursor, limits);
    for (int i = 0; i < count; i++) {
      long at = cursor.position();
      String key = cursor.name("key", limits.maxNameBytes());
      if (entries.put(key, values.read(key)) != null) {
        throw cursor.malformed(at, "metadata entry " + key + " is there twice");
      }
    }
    return entries;
  }

  private static void requireWhole(GgufCursor cursor, GgufMetadata metadata) {
    long parts = metadata.optionalLong(SPLIT_COUNT).orElse(1);
    if (parts > 1) {
      throw new SplitModelException(cursor.path(), SPLIT_COUNT, parts);
    }
  }

  private static long alignment(GgufCursor cursor, GgufMetadata metadata, GgufPurpose purpose) {
    GgufValue value = metadata.asMap().get(ALIGNMENT);
    if (value == null) {
      return DEFAULT_ALIGNMENT;
    }
    long least = purpose == GgufPurpose.COMPUTE ? MIN_ALIGNMENT : 1;
    long most = purpose == GgufPurpose.COMPUTE ? MAX_ALIGNMENT : MAX_FORMAT_ALIGNMENT;
    if (value instanceof GgufValue.Int(_, long alignment)
        && alignment >= least
        && alignment <= most
        && Long.bitCount(alignment) == 1) {
      return alignment;
    }
    throw cursor.malformed(
        cursor.position(),
        "%s is %s, not a power of two in [%d, %d]"
            .formatted(ALIGNMENT, GgufMetadata.describe(value), least, most));
  }
}
