package dev.opml.vm.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the descriptions of tensors and then finds their bytes, which follow the last description.
 */
final class TensorReader {
  /** Size in bytes of the description of a tensor with an empty name and one dimension. */
  static final int MIN_DESCRIPTION_BYTES = 8 + 4 + 8 + 4 + 8;

  private final GgufCursor cursor;
  private final GgufLimits limits;
  private final GgufPurpose purpose;

  TensorReader(GgufCursor cursor, GgufLimits limits, GgufPurpose purpose) {
    this.cursor = cursor;
    this.limits = limits;
    this.purpose = purpose;
  }

  /** Reads {@code count} descriptions and checks them against the file's size and each other. */
  Map<String, GgufTensor> read(int count, long alignment) {
    Map<String, Description> descriptions = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long at = cursor.position();
      Description description = description();
      if (descriptions.put(description.name, description) != null) {
        throw cursor.malformed(at, "tensor " + description.name + " is there twice");
      }
    }
    long dataStart = (cursor.position() + alignment - 1) & -alignment;
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (Description description : descriptions.values()) {
      tensors.put(description.name, place(description, dataStart, alignment));
    }
    requireDisjoint(tensors.values().stream().toList());
    return tensors;
  }

  private record Description(
      String name, TensorFormat format, List<Long> shape, long bytes, long offset, long offsetAt) {}

  private Description description() {
    String name = cursor.name("tensor name", limits.maxNameBytes());
    long at = cursor.position();
    int dimensions = cursor.int32("dimensions of " + name);
    cursor.requireAtMost(
        at,
        "dimensions of " + name,
        "maxDimensions",
        limits.maxDimensions(),
        Integer.toUnsignedLong(dimensions));
    if (dimensions == 0) {
      throw cursor.malformed(at, "tensor " + name + " has no dimension");
    }
    at = cursor.position();
    List<Long> shape = shape(name, dimensions);
    int typeId = cursor.int32("type of " + name);
    boolean computable = GgmlType.ofId(typeId).isPresent();
    if (purpose == GgufPurpose.COMPUTE && !computable) {
      throw new UnsupportedTensorTypeException(cursor.path(), name, typeId);
    }
    TensorFormat format = TensorFormat.ofId(typeId);
    if (computable && !format.isWhole(shape.getFirst())) {
      throw cursor.malformed(
          at,
          "tensor %s has rows of %d elements, not whole %s blocks of %d"
              .formatted(name, shape.getFirst(), format, format.blockSize()));
    }
    long bytes = byteSize(name, format, shape, at);
    long offsetAt = cursor.position();
    return new Description(name, format, shape, bytes, cursor.int64("offset of " + name), offsetAt);
  }

  private List<Long> shape(String name, int dimensions) {
    List<Long> shape = new ArrayList<>(dimensions);
    for (int i = 0; i < dimensions; i++) {
      long at = cursor.position();
      long dimension = cursor.int64("dimension of " + name);
      if (dimension < 1) {
        throw cursor.malformed(
            at, "dimension %d of tensor %s is %s".formatted(i, name, toUnsigned(dimension)));
      }
      shape.add(dimension);
    }
    return shape;
  }

  /** Size in bytes; of a tensor whose size is not known the least that it may have. */
  private long byteSize(String name, TensorFormat format, List<Long> shape, long at) {
    long columns = shape.getFirst();
    boolean known = format.isWhole(columns);
    try {
      long bytes = known ? format.bytes(columns) : columns;
      for (int i = 1; i < shape.size(); i++) {
        bytes = Math.multiplyExact(bytes, shape.get(i));
      }
      return known ? bytes : 1;
    } catch (ArithmeticException e) {
      MalformedGgufException malformed =
          cursor.malformed(at, "size of tensor " + name + " " + shape + " overflows 64 bits");
      malformed.initCause(e);
      throw malformed;
    }
  }

  private GgufTensor place(Description tensor, long dataStart, long alignment) {
    long at = tensor.offsetAt;
    if ((tensor.offset & (alignment - 1)) != 0) {
      throw cursor.malformed(
          at,
          "offset of tensor %s is %s, not a multiple of general.alignment %d"
              .formatted(tensor.name, toUnsigned(tensor.offset), alignment));
    }
    long dataSize = Math.max(0, cursor.file().byteSize() - dataStart);
    // Compared without a sum, which a hostile offset would wrap around.
    cursor.requireAtMost(
        at, "size of tensor " + tensor.name, "bytes of data in the file", dataSize, tensor.bytes);
    cursor.requireAtMost(
        at,
        "offset of tensor " + tensor.name,
        "bytes of data in the file, less the tensor's size",
        dataSize - tensor.bytes,
        tensor.offset);
    long offset = dataStart + tensor.offset;
    long size = tensor.format.isWhole(tensor.shape.getFirst()) ? tensor.bytes : 0;
    return new GgufTensor(
        tensor.name, tensor.format, tensor.shape, offset, cursor.file().asSlice(offset, size));
  }

  private void requireDisjoint(List<GgufTensor> tensors) {
    List<GgufTensor> ordered = new ArrayList<>(tensors);
    ordered.sort(Comparator.comparingLong(GgufTensor::offset));
    for (int i = 1; i < ordered.size(); i++) {
      GgufTensor before = ordered.get(i - 1);
      GgufTensor after = ordered.get(i);
      if (before.offset() + before.byteSize() > after.offset()) {
        throw cursor.malformed(
            after.offset(), "tensors %s and %s overlap".formatted(before.name(), after.name()));
      }
    }
  }

  private static String toUnsigned(long value) {
    return Long.toUnsignedString(value);
  }
}
