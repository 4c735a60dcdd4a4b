package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a GGUF file.
 *
 * @param name its name, unique in the file
 * @param format element format
 * @param shape dimensions in ggml's order, fastest first: {@code [columns, rows, …]}; at least one,
 *     each at least 1
 * @param offset position in bytes of its first byte in the file; a multiple of 8, unless the file
 *     was opened with {@link GgufFile#openAny}
 * @param data its bytes in the mapped file, read-only, valid until the file is closed; empty if
 *     their number is not known
 */
public record GgufTensor(
    String name, TensorFormat format, List<Long> shape, long offset, MemorySegment data) {
  /** Copies the shape. */
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /**
   * Element format as one that opML computes with.
   *
   * @throws IllegalStateException if it does not: only in a file opened with {@link
   *     GgufFile#openAny}
   */
  public GgmlType type() {
    return GgmlType.ofId(format.id())
        .orElseThrow(() -> new IllegalStateException("tensor " + name + " has format " + format));
  }

  /** Elements in a row. */
  public long columns() {
    return shape.getFirst();
  }

  /** Number of rows: the product of all dimensions but the first; 1 for a vector. */
  public long rows() {
    return shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
  }

  /**
   * Size of a row in bytes. Rows follow each other without a gap.
   *
   * @throws IllegalArgumentException if it is not known
   */
  public long rowBytes() {
    return format.bytes(columns());
  }

  /**
   * Whether the size is known. Where opML does not compute with the format, it may not be: ggml may
   * not define the size of a block, and a row may not be whole blocks.
   */
  public boolean sizeKnown() {
    return format.isWhole(columns());
  }

  /** Size in bytes; 0 if it is not known. */
  public long byteSize() {
    return data.byteSize();
  }
}
