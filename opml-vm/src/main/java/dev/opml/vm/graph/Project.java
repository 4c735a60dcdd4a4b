package dev.opml.vm.graph;

import dev.opml.vm.graph.RowBytes.Address;
import dev.opml.vm.graph.RowBytes.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of a matrix with a vector, and what follows them row by row, in this order.
 *
 * @param n elements of the input vector
 * @param first first row
 * @param count number of rows
 * @param matrix the matrix
 * @param bias vector that is added to its products, 0 for none
 * @param activation function of the sums
 * @param factor matrix whose products are factors of the results, or {@link Weight#NONE}
 * @param factorBias vector that is added to the factors, 0 for none
 * @param scale factor of the results
 * @param cap soft cap of the results, 0 for none
 * @param in input vector
 * @param out output vector
 * @param residual vector that results are added to, 0 for none
 */
public record Project(
    int n,
    int first,
    int count,
    Weight matrix,
    long bias,
    Activation activation,
    Weight factor,
    long factorBias,
    float scale,
    float cap,
    long in,
    long out,
    long residual)
    implements MatrixOperation {
  /** Products of rows {@code first} to {@code first + count}, and nothing else. */
  public static Project plain(int n, int first, int count, Weight matrix, long in, long out) {
    return new Project(
        n, first, count, matrix, 0, Activation.NONE, Weight.NONE, 0, 1, 0, in, out, 0);
  }

  static Project decode(RowBytes row) {
    return new Project(
        row.get(Word.N),
        row.get(Word.FIRST),
        row.get(Word.COUNT),
        row.get(Word.MATRIX_TYPE, Address.MATRIX),
        row.get(Address.BIAS),
        Activation.ofCode(row.get(Word.ACTIVATION)),
        row.get(Word.FACTOR_TYPE, Address.FACTOR),
        row.get(Address.FACTOR_BIAS),
        row.getFloat(Word.SCALE),
        row.getFloat(Word.CAP),
        row.get(Address.IN),
        row.get(Address.OUT),
        row.get(Address.RESIDUAL));
  }

  /** Whether there is a second matrix. */
  public boolean gated() {
    return factor.address() != 0;
  }

  /** Whether results have a cap. The part is there unless its bits are zero: -0 is a cap. */
  public boolean capped() {
    return Float.floatToRawIntBits(cap) != 0;
  }

  @Override
  public int rowEnd() {
    return first + count;
  }

  @Override
  public Operator operator() {
    return Operator.PROJECT;
  }

  @Override
  public List<Weight> matrices() {
    return gated() ? List.of(matrix, factor) : List.of(matrix);
  }

  @Override
  public boolean isInRange() {
    return Ranges.isLength(n) && Ranges.isSlice(first, count, 1);
  }

  @Override
  public List<Span> reads() {
    List<Span> spans = new ArrayList<>(List.of(Span.vector(in, 0, n)));
    if (residual != 0) {
      spans.add(Span.vector(residual, first, rowEnd()));
    }
    return spans;
  }

  @Override
  public List<Span> writes() {
    return List.of(Span.vector(out, first, rowEnd()));
  }

  @Override
  public long instructions(int contextLimit) {
    return matrices().size() * InstructionBounds.activations(n)
        + count * row(n, matrices(), curves());
  }

  private int curves() {
    return (activation == Activation.NONE ? 0 : 1) + (capped() ? 1 : 0);
  }

  /**
   * Upper bound on the instructions of an output row.
   *
   * @param curves activations and soft caps of a result
   */
  static long row(int columns, List<Weight> matrices, int curves) {
    return InstructionBounds.curves(curves)
        + matrices.stream()
            .mapToLong(matrix -> InstructionBounds.matrixRow(matrix.type(), columns))
            .sum();
  }

  @Override
  public void encode(RowBytes row) {
    row.set(Word.N, n)
        .set(Word.FIRST, first)
        .set(Word.COUNT, count)
        .set(Word.MATRIX_TYPE, Address.MATRIX, matrix)
        .set(Address.BIAS, bias)
        .set(Word.ACTIVATION, activation.code())
        .set(Word.FACTOR_TYPE, Address.FACTOR, factor)
        .set(Address.FACTOR_BIAS, factorBias)
        .set(Word.SCALE, scale)
        .set(Word.CAP, cap)
        .set(Address.IN, in)
        .set(Address.OUT, out)
        .set(Address.RESIDUAL, residual);
  }
}
