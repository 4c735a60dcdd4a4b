package dev.opml.vm.graph;

/** Operators of a graph row, by their codes in the node table (docs/image.md). */
public enum Operator {
  /** Row of the embedding matrix for the position's token. */
  EMBED(1),
  /** Root mean square normalisation. */
  RMS_NORM(2),
  /** Query, key and value projections with rotation; writes the KV row. */
  QKV(3),
  /** Attention over all positions so far. */
  ATTENTION(4),
  /** Matrix times vector plus residual. */
  MATMUL_ADD(5),
  /** {@code silu(gate) * up} of the feed-forward block. */
  GATE_UP(6),
  /** Matrix times vector. */
  MATMUL(7),
  /** Draws a token from the logits. */
  SAMPLE(8);

  private final int code;

  Operator(int code) {
    this.code = code;
  }

  /** Code in the node table. */
  public int code() {
    return code;
  }

  /**
   * The operator of a code.
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
