package dev.opml.vm.graph;

import java.nio.ByteBuffer;

/**
 * One row of the node table (docs/image.md, "Node row").
 *
 * @param operation what it computes
 * @param sampled whether it is the identity at positions before the last prompt token
 */
public record GraphRow(Operation operation, boolean sampled) {
  /** Bytes of an encoded row. */
  public static final int SIZE = RowBytes.SIZE;

  /** The operator. */
  public Operator operator() {
    return operation.operator();
  }

  /** Appends the encoded row at the buffer's position; its bytes there must be zero. */
  public void encode(ByteBuffer target) {
    RowBytes row = RowBytes.next(target);
    row.set(RowBytes.Word.OP, operator().code()).sampled(sampled);
    operation.encode(row);
  }

  /**
   * Decodes the row at the buffer's position and advances it.
   *
   * @throws IllegalArgumentException if an operator, type or activation is unknown
   */
  public static GraphRow decode(ByteBuffer source) {
    RowBytes row = RowBytes.next(source);
    Operator operator = Operator.ofCode(row.get(RowBytes.Word.OP));
    return new GraphRow(operator.decode(row), row.sampled());
  }
}
