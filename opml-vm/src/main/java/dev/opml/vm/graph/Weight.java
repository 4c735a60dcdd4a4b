package dev.opml.vm.graph;

import dev.opml.vm.gguf.GgmlType;

/**
 * A weight matrix of a row: row-major, as the file has it.
 *
 * @param type format of its elements
 * @param address address of row 0 in the model region; 0 if the row has no such weight
 */
public record Weight(GgmlType type, long address) {
  /** No weight. */
  public static final Weight NONE = new Weight(GgmlType.F32, 0);
}
