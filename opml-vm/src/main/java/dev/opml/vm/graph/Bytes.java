package dev.opml.vm.graph;

import dev.opml.api.image.GraphHeader;
import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.List;

/**
 * The bytes of the request, as numbers.
 *
 * @param n number of bytes
 * @param scale factor of every number
 * @param out output vector
 */
public record Bytes(int n, float scale, long out) implements Operation {
  static Bytes decode(RowBytes row) {
    return new Bytes(row.get(Word.N), row.getFloat(Word.SCALE), row.get(Address.OUT));
  }

  @Override
  public Operator operator() {
    return Operator.BYTES;
  }

  @Override
  public boolean isInRange() {
    // The guest would read on, behind the input region.
    return Ranges.isLength(n) && n <= GraphHeader.MAX_INPUT_BYTES;
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
    return InstructionBounds.bytes(n);
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n).set(Word.SCALE, scale).set(Address.OUT, out);
  }
}
