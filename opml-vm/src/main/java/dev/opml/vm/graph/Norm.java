package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * Root mean square normalisation of a vector.
 *
 * @param n elements
 * @param weight weights, F32
 * @param epsilon added to the mean square
 * @param in input vector
 * @param out output vector
 * @param residual vector that results are added to, 0 for none
 */
public record Norm(int n, long weight, float epsilon, long in, long out, long residual)
    implements Operation {
  static Norm decode(RowBytes row) {
    return new Norm(
        row.get(Word.N),
        row.get(Address.NORM),
        row.getFloat(Word.EPSILON),
        row.get(Address.IN),
        row.get(Address.OUT),
        row.get(Address.RESIDUAL));
  }

  @Override
  public Operator operator() {
    return Operator.NORM;
  }

  @Override
  public boolean isInRange() {
    return Ranges.isLength(n);
  }

  @Override
  public List<Span> reads() {
    List<Span> spans = new ArrayList<>(List.of(Span.vector(in, 0, n)));
    if (residual != 0) {
      spans.add(Span.vector(residual, 0, n));
    }
    return spans;
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
        .set(Address.NORM, weight)
        .set(Word.EPSILON, epsilon)
        .set(Address.IN, in)
        .set(Address.OUT, out)
        .set(Address.RESIDUAL, residual);
  }
}
