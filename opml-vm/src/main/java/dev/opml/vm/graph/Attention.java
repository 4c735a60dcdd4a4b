package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.List;

/**
 * Attention of query heads over the positions so far.
 *
 * @param n elements of all query heads
 * @param first first head
 * @param count number of heads
 * @param headDim elements of a head
 * @param group query heads that share a key/value head
 * @param window most positions that a query attends to, its own included; 0 for all
 * @param scale factor of scores
 * @param cap soft cap of scores, 0 for none
 * @param in queries
 * @param out output vector
 * @param keys keys of position 0, head 0
 * @param values values of position 0, head 0
 * @param stride bytes from a position's keys or values to the next one's
 */
public record Attention(
    int n,
    int first,
    int count,
    int headDim,
    int group,
    int window,
    float scale,
    float cap,
    long in,
    long out,
    long keys,
    long values,
    int stride)
    implements Operation {
  static Attention decode(RowBytes row) {
    return new Attention(
        row.get(Word.N),
        row.get(Word.FIRST),
        row.get(Word.COUNT),
        row.get(Word.HEAD_DIM),
        row.get(Word.GROUP),
        row.get(Word.WINDOW),
        row.getFloat(Word.SCALE),
        row.getFloat(Word.CAP),
        row.get(Address.IN),
        row.get(Address.OUT),
        row.get(Address.KEYS),
        row.get(Address.VALUES),
        row.get(Word.STRIDE));
  }

  /** Whether scores have a cap. The part is there unless its bits are zero: -0 is a cap. */
  public boolean capped() {
    return Float.floatToRawIntBits(cap) != 0;
  }

  /** Key/value head after the last that is read. */
  public int kvEnd() {
    return count == 0 ? 0 : (first + count - 1) / group + 1;
  }

  @Override
  public Operator operator() {
    return Operator.ATTENTION;
  }

  @Override
  public boolean isInRange() {
    return Ranges.isSlice(first, count, headDim) && group >= 1 && window >= 0 && stride > 0;
  }

  @Override
  public List<Span> reads() {
    int from = first / group * headDim;
    int end = kvEnd() * headDim;
    return List.of(
        Span.vector(in, first * headDim, (first + count) * headDim),
        new Span(keys, stride, from, end),
        new Span(values, stride, from, end));
  }

  @Override
  public List<Span> writes() {
    return List.of(Span.vector(out, first * headDim, (first + count) * headDim));
  }

  @Override
  public long instructions(int contextLimit) {
    return count * head(headDim, window, capped(), contextLimit);
  }

  /** Upper bound on the instructions of a head. */
  static long head(int headDim, int window, boolean capped, int contextLimit) {
    int positions = window == 0 ? contextLimit : Math.min(window, contextLimit);
    return InstructionBounds.attentionHead(headDim, positions, capped);
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n)
        .set(Word.FIRST, first)
        .set(Word.COUNT, count)
        .set(Word.HEAD_DIM, headDim)
        .set(Word.GROUP, group)
        .set(Word.WINDOW, window)
        .set(Word.SCALE, scale)
        .set(Word.CAP, cap)
        .set(Address.IN, in)
        .set(Address.OUT, out)
        .set(Address.KEYS, keys)
        .set(Address.VALUES, values)
        .set(Word.STRIDE, stride);
  }
}
