package dev.opml.vm.graph;

import java.util.function.Function;

/** Operators of a graph row, by their codes in the node table (docs/image.md). */
public enum Operator {
  /** Row of the embedding matrix for the position's token. */
  EMBED(1, Embed::decode),
  /** Root mean square normalisation. */
  NORM(2, Norm::decode),
  /** Products of a matrix as heads: queries, or keys or values for the KV row. */
  HEADS(3, Heads::decode),
  /** Attention over the positions so far. */
  ATTENTION(4, Attention::decode),
  /** Products of a matrix, with what follows them row by row. */
  PROJECT(5, Project::decode),
  /** Draws a token from the logits. */
  SAMPLE(6, Sample::decode),
  /** The bytes of the request, as numbers. */
  BYTES(7, Bytes::decode);

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference
  private final Function<RowBytes, Operation> decoder;

  Operator(int code, Function<RowBytes, Operation> decoder) {
    this.code = code;
    this.decoder = decoder;
  }

  /** Code in the node table. */
  public int code() {
    return code;
  }

  /** The operation that a row of this operator holds. */
  Operation decode(RowBytes row) {
    return decoder.apply(row);
  }

  /**
   * The operator with a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Operator ofCode(int code) {
    for (Operator operator : values()) {
      if (operator.code == code) {
        return operator;
      }
    }
    throw new IllegalArgumentException("no operator has code " + code);
  }
}
