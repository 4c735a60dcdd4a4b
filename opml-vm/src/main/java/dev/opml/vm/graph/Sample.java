package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.List;

/**
 * Draws a token from the logits, and appends it to the output region.
 *
 * @param n number of logits
 * @param in logits
 */
public record Sample(int n, long in) implements Operation {
  static Sample decode(RowBytes row) {
    return new Sample(row.get(Word.N), row.get(Address.IN));
  }

  @Override
  public Operator operator() {
    return Operator.SAMPLE;
  }

  @Override
  public boolean isInRange() {
    return Ranges.isLength(n);
  }

  @Override
  public List<Span> reads() {
    return List.of(Span.vector(in, 0, n));
  }

  @Override
  public List<Span> writes() {
    return List.of();
  }

  @Override
  public long instructions(int contextLimit) {
    return InstructionBounds.sample(n, contextLimit);
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n).set(Address.IN, in);
  }
}
