package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a GGUF file.
 *
 * @param name its name, unique in the file
 * @param type element format
 * @param shape dimensions in ggml's order, fastest first: {@code [columns, rows, …]}; at least one,
 *     each at least 1
 * @param offset position in bytes of its first byte in the file, a multiple of 32
 * @param data its bytes in the mapped file, read-only, valid until the file is closed
 */
public record GgufTensor(
    String name, GgmlType type, List<Long> shape, long offset, MemorySegment data) {
  /** Copies the shape. */
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Elements in a row. */
  public long columns() {
    return shape.getFirst();
  }

  /** Number of rows: the product of all dimensions but the first; 1 for a vector. */
  public long rows() {
    return shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
  }

  /** Size of a row in bytes. Rows follow each other without a gap. */
  public long rowBytes() {
    return type.bytes(columns());
  }

  /** Size in bytes. */
  public long byteSize() {
    return data.byteSize();
  }
}
