package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.MemorySegment;

/**
 * A weight matrix as the model file has it: row after row, each whole blocks of its format.
 *
 * @param type format
 * @param data the rows; must stay valid as long as what is made of it
 * @param rows number of rows, at least 1
 * @param columns elements of a row, whole blocks of the format
 */
public record FileMatrix(GgmlType type, MemorySegment data, int rows, int columns) {
  /** Checks that the bytes are there. */
  public FileMatrix {
    if (rows < 1 || data.byteSize() < Math.multiplyExact(rows, type.bytes(columns))) {
      throw new IllegalArgumentException(
          "%d rows of %d %s in %d bytes".formatted(rows, columns, type, data.byteSize()));
    }
  }
}
