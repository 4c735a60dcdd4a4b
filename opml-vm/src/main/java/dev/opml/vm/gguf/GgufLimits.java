package dev.opml.vm.gguf;

/**
 * What a file may ask of its reader. Heap use is bounded by these limits alone, whatever a file
 * says, and is small for any real file: string values, numeric arrays and tensors stay in the
 * mapped file.
 *
 * @param maxMetadataEntries most metadata entries
 * @param maxTensors most tensors
 * @param maxNameBytes longest key or tensor name in bytes of UTF-8
 * @param maxStringBytes longest string value or array element in bytes
 * @param maxArrayElements most elements of all arrays of the file together; an array inside an
 *     array counts as 16
 * @param maxArrayDepth deepest nesting of arrays; 1 allows no array inside an array
 * @param maxDimensions most dimensions of a tensor
 */
public record GgufLimits(
    int maxMetadataEntries,
    int maxTensors,
    int maxNameBytes,
    int maxStringBytes,
    int maxArrayElements,
    int maxArrayDepth,
    int maxDimensions) {
  /** Several times what the largest published models need. */
  public static final GgufLimits DEFAULT =
      new GgufLimits(1 << 14, 1 << 16, 1 << 10, 1 << 25, 1 << 23, 4, 4);

  /** Deepest nesting that can be allowed: arrays are read recursively. */
  private static final int DEEPEST = 64;

  /** Most elements of arrays that can be allowed: the largest are 8 bytes, of 2 GiB in all. */
  private static final int MOST_ELEMENTS = Integer.MAX_VALUE / Long.BYTES;

  /** Refuses limits that are not positive, an array depth above 64, and 2^28 array elements. */
  public GgufLimits {
    requirePositive("maxMetadataEntries", maxMetadataEntries);
    requirePositive("maxTensors", maxTensors);
    requirePositive("maxNameBytes", maxNameBytes);
    requirePositive("maxStringBytes", maxStringBytes);
    requirePositive("maxArrayElements", maxArrayElements);
    requirePositive("maxArrayDepth", maxArrayDepth);
    requirePositive("maxDimensions", maxDimensions);
    requireAtMost("maxArrayElements", MOST_ELEMENTS, maxArrayElements);
    requireAtMost("maxArrayDepth", DEEPEST, maxArrayDepth);
  }

  private static void requireAtMost(String name, int most, int value) {
    if (value > most) {
      throw new IllegalArgumentException(name + " must be at most " + most + ", got " + value);
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
