package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.List;

/**
 * The row of the embedding matrix for the position's token.
 *
 * @param n elements of a row
 * @param matrix the embedding matrix
 * @param scale factor of every element
 * @param out output vector
 */
public record Embed(int n, Weight matrix, float scale, long out) implements Operation {
  static Embed decode(RowBytes row) {
    return new Embed(
        row.get(Word.N),
        row.get(Word.MATRIX_TYPE, Address.MATRIX),
        row.getFloat(Word.SCALE),
        row.get(Address.OUT));
  }

  @Override
  public Operator operator() {
    return Operator.EMBED;
  }

  @Override
  public boolean isInRange() {
    return Ranges.isLength(n);
  }

  @Override
  public List<Span> reads() {
    return List.of();
  }

  @Override
  public List<Span> writes() {
    return List.of(Span.vector(out, 0, n));
  }

  @Override
  public long instructions(int contextLimit) {
    return InstructionBounds.elementWise(n);
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n)
        .set(Word.MATRIX_TYPE, Address.MATRIX, matrix)
        .set(Word.SCALE, scale)
        .set(Address.OUT, out);
  }
}
