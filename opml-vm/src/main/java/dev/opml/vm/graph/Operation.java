package dev.opml.vm.graph;

import java.util.List;

/**
 * An operator with its parts: what a row of the node table says. A part that is absent is zero.
 * Fields, units and encoding are those of docs/image.md, "Node row".
 */
public sealed interface Operation permits Bytes, Embed, Norm, MatrixOperation, Attention, Sample {
  /** The operator. */
  Operator operator();

  /**
   * Whether its numbers are such that the engine follows the guest, which reads them as unsigned
   * and computes in 64 bits.
   */
  boolean isInRange();

  /** Vectors, and parts of KV rows, that it reads at its own position. */
  List<Span> reads();

  /** Vectors, and parts of KV rows, that it writes. */
  List<Span> writes();

  /** Upper bound on its instructions in the guest, with ordinary numbers. */
  long instructions(int contextLimit);

  /** Writes the fields that it uses. */
  void encode(RowBytes row);
}
