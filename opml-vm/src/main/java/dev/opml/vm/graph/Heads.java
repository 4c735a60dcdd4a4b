package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.List;

/**
 * Products of a matrix as heads: queries into a vector, or keys or values into the KV row.
 *
 * @param n elements of the input vector
 * @param first first head
 * @param count number of heads
 * @param headDim elements of a head
 * @param matrix the matrix, {@code headDim} rows a head
 * @param bias vector that is added to the products, 0 for none
 * @param norm weights of a normalisation of each head, {@code headDim} of them, 0 for none
 * @param epsilon of the normalisation
 * @param rotary rotation of each head
 * @param in input vector
 * @param out output vector, or keys or values of position 0's KV row
 * @param stride bytes from a position's KV row to the next one's; 0 for an output vector
 */
public record Heads(
    int n,
    int first,
    int count,
    int headDim,
    Weight matrix,
    long bias,
    long norm,
    float epsilon,
    Rotary rotary,
    long in,
    long out,
    int stride)
    implements MatrixOperation {
  static Heads decode(RowBytes row) {
    return new Heads(
        row.get(Word.N),
        row.get(Word.FIRST),
        row.get(Word.COUNT),
        row.get(Word.HEAD_DIM),
        row.get(Word.MATRIX_TYPE, Address.MATRIX),
        row.get(Address.BIAS),
        row.get(Address.NORM),
        row.getFloat(Word.EPSILON),
        row.rotary(),
        row.get(Address.IN),
        row.get(Address.OUT),
        row.get(Word.STRIDE));
  }

  /** Whether the heads go to the KV row. */
  public boolean cached() {
    return stride != 0;
  }

  /** First row of the matrix. */
  public int rowFirst() {
    return first * headDim;
  }

  @Override
  public int rowEnd() {
    return (first + count) * headDim;
  }

  @Override
  public Operator operator() {
    return Operator.HEADS;
  }

  @Override
  public List<Weight> matrices() {
    return List.of(matrix);
  }

  @Override
  public boolean isInRange() {
    return Ranges.isLength(n)
        && Ranges.isSlice(first, count, headDim)
        && stride >= 0
        && rotary.dimension() >= 0
        && rotary.dimension() <= headDim
        && rotary.dimension() % 2 == 0;
  }

  @Override
  public List<Span> reads() {
    return List.of(Span.vector(in, 0, n));
  }

  @Override
  public List<Span> writes() {
    return List.of(new Span(out, stride, rowFirst(), rowEnd()));
  }

  @Override
  public long instructions(int contextLimit) {
    return InstructionBounds.activations(n) + count * head(n, headDim, matrix);
  }

  /** Upper bound on the instructions of a head. */
  static long head(int columns, int headDim, Weight matrix) {
    return headDim * InstructionBounds.matrixRow(matrix.type(), columns);
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n)
        .set(Word.FIRST, first)
        .set(Word.COUNT, count)
        .set(Word.HEAD_DIM, headDim)
        .set(Word.MATRIX_TYPE, Address.MATRIX, matrix)
        .set(Address.BIAS, bias)
        .set(Address.NORM, norm)
        .set(Word.EPSILON, epsilon)
        .rotary(rotary)
        .set(Address.IN, in)
        .set(Address.OUT, out)
        .set(Word.STRIDE, stride);
  }
}
